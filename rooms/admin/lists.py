"""Filters and helpers of the lists of rooms in Django's admin."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.display.values import in_order
from rooms.models import RoomQuerySet, RoomStatus


def change_rows(changes: Mapping[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """Return (field, before, after) as text for each changed field, in the order of the form."""
    return [(name, *map(_as_text, changes[name])) for name in in_order(changes)]


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return RoomStatus.choices

    def queryset(self, request: HttpRequest, queryset: RoomQuerySet) -> RoomQuerySet:
        if self.value() not in RoomStatus.values:
            return queryset
        return queryset.in_status(RoomStatus(self.value()), timezone.now())


class TokenRoomsFilter(admin.SimpleListFilter):
    title = _("token rooms")
    parameter_name = "include_auto_created"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", gettext("Shown"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        usual, *others = super().choices(changelist)
        yield {**usual, "display": gettext("Hidden")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: RoomQuerySet) -> RoomQuerySet:
        return queryset if self.value() == "1" else queryset.listed()


class LiveFilter(admin.SimpleListFilter):
    title = _("live")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", gettext("Live")), ("0", gettext("Not live"))]

    def queryset(self, request: HttpRequest, queryset: RoomQuerySet) -> RoomQuerySet:
        return queryset.live(self.value() == "1") if self.value() in ("0", "1") else queryset

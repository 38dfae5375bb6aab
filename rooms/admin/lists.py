"""Filters and helpers of the lists of rooms in Django's admin."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.models import RoomQuerySet, RoomStatus


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

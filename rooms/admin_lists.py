"""What lists in the admin are made of: columns, filters, and rows that are only looked at."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.judgement import SETTINGS
from rooms.models import RoomQuerySet, RoomStatus


def moment(name: str, label: str) -> Any:
    """Return a column of the moments `name`, written as people sort them: the year first."""

    @admin.display(description=format_lazy("{} (UTC)", label), ordering=name)
    def column(self: Any, row: Any) -> str:
        at: datetime | None = getattr(row, name)
        if at is None:
            return "-"
        # A narrow column breaks between the two, and nowhere else.
        return format_html('<span class="date">{}</span> {}', f"{at:%Y-%m-%d}", f"{at:%H:%M}")

    return column


def fields_moved(changes: Mapping[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """Return each field of [before, after] as text, in the order of the form."""
    # PostgreSQL keeps the keys of a JSON object in its own order.
    order = ("name", *SETTINGS)
    known = [name for name in order if name in changes]
    # History outlives fields.
    former = [name for name in changes if name not in order]
    moved = [(name, changes[name]) for name in (*known, *former)]
    return [(name, _as_text(before), _as_text(after)) for name, (before, after) in moved]


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


class ReadOnly(admin.ModelAdmin):
    """Rows that are looked at, and that no person makes, changes or deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StatusFilter(admin.SimpleListFilter):
    title = _("status now")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return RoomStatus.choices

    def queryset(self, request: HttpRequest, queryset: RoomQuerySet) -> RoomQuerySet:
        if self.value() not in RoomStatus.values:
            return queryset
        return queryset.in_status(RoomStatus(self.value()), timezone.now())


class LiveFilter(admin.SimpleListFilter):
    title = _("live")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", gettext("Live")), ("0", gettext("Not live"))]

    def queryset(self, request: HttpRequest, queryset: RoomQuerySet) -> RoomQuerySet:
        return queryset.live(self.value() == "1") if self.value() in ("0", "1") else queryset

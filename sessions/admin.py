"""Sessions in the admin, read-only: they start when the first member joins."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.admin.mixins import BY_PROJECT, ProjectScopedAdmin, ReadOnly, time_column
from access.staff.markup import pill
from rooms.display.times import span
from rooms.display.values import label_lazy
from rooms.models.searchable import BOTH_NAMES, Matches
from sessions.models import RoomSession


@admin.register(RoomSession)
class RoomSessionAdmin(ProjectScopedAdmin, ReadOnly):
    list_display = ("name", "display_name", "project", "state", "started", "ended", "lasted")
    list_filter = ("status", "quality", "record_on_start", BY_PROJECT)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "display_name")
    search_help_text = _("A part of the room's name or display name.")
    fieldsets = (
        (
            None,
            {"fields": ("id", "project", "room", "name", "display_name", "description")},
        ),
        (_("Time"), {"fields": ("state", "started", "ended", "lasted")}),
        (
            _("Settings at the start"),
            {
                "fields": (
                    "max_members",
                    "quality",
                    "frames",
                    "layout",
                    "audio_video_sync",
                    "opens",
                    "closes",
                    "removes",
                    "remove_after_seconds_elapsed",
                    "record_on_start",
                    "enable_room_previews",
                )
            },
        ),
    )

    started = time_column("start_time", _("Started"))
    ended = time_column("end_time", _("Ended"))
    opens = time_column("join_from", label_lazy("join_from"))
    closes = time_column("join_until", label_lazy("join_until"))
    removes = time_column("remove_at", label_lazy("remove_at"))

    @admin.display(description=_("Status"), ordering="status")
    def state(self, session: RoomSession) -> str:
        return pill(session.status, session.get_status_display())

    @admin.display(description=_("Frames per second"))
    def frames(self, session: RoomSession) -> int:
        return session.fps

    @admin.display(description=_("Duration"))
    def lasted(self, session: RoomSession) -> str:
        return span((session.end_time or timezone.now()) - session.start_time)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term.strip():
            queryset = queryset.filter(Matches(search_term, BOTH_NAMES))
        return queryset, False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("project", "room")

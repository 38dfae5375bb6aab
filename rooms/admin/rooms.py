"""Rooms in Django's admin; rooms/changes/engine.py makes every change."""

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.admin.mixins import BY_PROJECT, CheckedSelectionAdmin, ProjectScopedAdmin, time_column
from access.staff.markup import pill
from rooms.admin.actions import ACTIONS
from rooms.admin.deletion import delete_rooms
from rooms.admin.forms import AdminNewRoomForm, AdminRoomForm, ChangeRefused
from rooms.admin.history import admin_room_history
from rooms.admin.lists import LiveFilter, StatusFilter, TokenRoomsFilter
from rooms.changes import RoomIsLive, delete_room
from rooms.changes.authors import author_of
from rooms.display.values import label_lazy
from rooms.jobs.access import MAY_CHANGE
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Channel
from rooms.rules.join_policy import SCHEDULE

admin.site.site_header = admin.site.site_title = "Greenroom"
admin.site.index_title = _("Administration")
# The list of rooms needs the width, and there is no other site to view.
admin.site.enable_nav_sidebar = False
admin.site.site_url = None


def settings_fieldsets(*times: str) -> tuple[Any, ...]:
    """Return the groups of settings, with inputs or columns for the times of the schedule."""
    return (
        (
            _("People and video"),
            {"fields": ("max_members", "quality", "layout", "audio_video_sync")},
        ),
        (_("Schedule"), {"fields": (*times, "remove_after_seconds_elapsed")}),
        (_("Recording and previews"), {"fields": ("record_on_start", "enable_room_previews")}),
    )


DEVELOPER = (_("Developer settings"), {"fields": ("meta",)})
ABOUT = (
    _("About this room"),
    {"fields": ("id", "session", "status_now", "frames", "at_version", "created", "updated")},
)


@admin.register(Room)
class RoomAdmin(ProjectScopedAdmin, CheckedSelectionAdmin):
    list_display = (
        "display_name",
        "name",
        "project",
        "status_now",
        "live",
        "quality",
        "layout",
        "max_members",
        "opens",
        "closes",
        "updated",
    )
    list_filter = (
        StatusFilter,
        LiveFilter,
        "quality",
        "layout",
        "record_on_start",
        "enable_room_previews",
        TokenRoomsFilter,
        BY_PROJECT,
    )
    list_per_page = 50
    show_full_result_count = False
    # Counts beside the filters would cost a query each.
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "display_name")
    search_help_text = _("Part of the name or of the display name")
    actions = ACTIONS
    fieldsets = (
        (None, {"fields": ("project", "name", "display_name", "description", "version", "zone")}),
        *settings_fieldsets(*SCHEDULE),
        DEVELOPER,
        ABOUT,
    )
    add_fieldsets = (
        (None, {"fields": ("project", "name", "display_name", "description", "zone")}),
        *settings_fieldsets(*SCHEDULE),
        DEVELOPER,
    )
    # Without the permission to change, staff see the version once, and meta as JSON.
    viewed_fieldsets = (
        (None, {"fields": ("project", "name", "display_name", "description")}),
        *settings_fieldsets("opens", "closes", "removes"),
        (DEVELOPER[0], {"fields": ("meta_as_json",)}),
        ABOUT,
    )
    readonly_fields = (
        "project",
        "name",
        "id",
        "session",
        "status_now",
        "frames",
        "at_version",
        "created",
        "updated",
    )

    opens = time_column("join_from", label_lazy("join_from"))
    closes = time_column("join_until", label_lazy("join_until"))
    removes = time_column("remove_at", label_lazy("remove_at"))
    created = time_column("created_at", _("Created"))
    updated = time_column("updated_at", _("Updated"))

    @admin.display(description=_("Status"))
    def status_now(self, room: Room) -> str:
        status = room.status(timezone.now())
        return pill(status.value, status.label)

    @admin.display(description=_("Live"))
    def live(self, room: Room) -> str:
        return pill("live", gettext("Live")) if room.active_session else "-"

    @admin.display(description=_("Active session"))
    def session(self, room: Room) -> str:
        session = room.active_session
        if session is None:
            return "-"
        url = reverse("admin:room_sessions_roomsession_change", args=[session.pk])
        return format_html('<a href="{}">{}</a>', url, session)

    @admin.display(description=_("Frames per second"))
    def frames(self, room: Room) -> int:
        return room.fps

    @admin.display(description=_("Version"))
    def at_version(self, room: Room) -> int:
        return room.version

    @admin.display(description=_("Meta"))
    def meta_as_json(self, room: Room) -> str:
        return format_html("<pre>{}</pre>", json.dumps(room.meta, ensure_ascii=False, indent=2))

    def get_queryset(self, request: HttpRequest) -> RoomQuerySet:
        # with_active_session() joins a table, and then Django ignores list_select_related.
        return super().get_queryset(request).with_active_session().select_related("project")

    def get_search_results(
        self, request: HttpRequest, queryset: RoomQuerySet, search_term: str
    ) -> tuple[RoomQuerySet, bool]:
        return (queryset.found(search_term) if search_term.strip() else queryset), False

    def get_fieldsets(self, request: HttpRequest, obj: Room | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        return self.fieldsets if self.has_change_permission(request) else self.viewed_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Room | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = AdminRoomForm if obj else AdminNewRoomForm
        return type(
            form.__name__,
            (form,),
            {"author": author_of(request, Channel.ADMIN), "user": request.user},
        )

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ChangeRefused:
            # The transaction was rolled back. Validating again shows what has changed.
            return self.changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        # A dry run gives a new room another id.
        obj.pk = form.write().pk

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Room.DoesNotExist:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        except RoomIsLive:
            words = gettext("The room was not deleted. End its session first.")
            messages.error(request, words)
            return HttpResponseRedirect(reverse("admin:rooms_room_change", args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Room) -> None:
        delete_room(Room.objects, obj.pk, by=author_of(request, Channel.ADMIN))

    def delete_queryset(self, request: HttpRequest, queryset: RoomQuerySet) -> None:
        delete_rooms(request, queryset)

    def has_bulk_change_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(MAY_CHANGE)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        room = self.get_object(request, unquote(object_id))
        if room is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return admin_room_history(self, request, room)

"""Bulk actions of the room list in Django's admin.

Actions with input open the form of a bulk change, the others its preview. Applying and undoing
belong to the pages of bulk changes: docs/adr/0021-admin-actions-on-the-bulk-page.md.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.values.timestamps import format_timestamp, whole_second
from rooms.admin.deletion import delete_rooms
from rooms.jobs.create import TooManyRooms, create_change_job, ids_of
from rooms.models import RoomQuerySet
from rooms.pages.bulk.forms import BulkForm
from rooms.pages.bulk.selection import RoomSelection
from rooms.pages.bulk.views import bulk_form_page, run_and_show, too_many_rooms
from rooms.rules.join_policy import SCHEDULE

NAMED_ON_THE_PAGE = 20
CLEARED = [*SCHEDULE, "remove_after_seconds_elapsed"]

Action = Callable[[admin.ModelAdmin, HttpRequest, RoomQuerySet], HttpResponse | None]


def _opens_form(name: str, description: str, *fields: str) -> Action:
    """Return an action that opens the form of a bulk change with these fields selected."""

    @admin.action(permissions=["bulk_change"], description=format_lazy("{}…", description))
    def open_form(_admin: Any, request: HttpRequest, rooms: RoomQuerySet) -> HttpResponse | None:
        try:
            selection = RoomSelection.by_ids(ids_of(rooms), request.user)
        except TooManyRooms:
            return _refuse(request)
        form = BulkForm(initial={f"change_{field}": True for field in fields})
        return bulk_form_page(request, selection, form)

    open_form.__name__ = name
    return open_form


def _opens_preview(
    name: str, description: str, change: Callable[[], dict[str, Any]], **options: bool
) -> Action:
    """Return an action that creates the job of a ready-made change and opens its preview."""

    @admin.action(permissions=["bulk_change"], description=format_lazy("{}…", description))
    def open_preview(_admin: Any, request: HttpRequest, rooms: RoomQuerySet) -> HttpResponse | None:
        try:
            job = create_change_job(request, rooms, change(), **options)
        except TooManyRooms:
            return _refuse(request)
        return run_and_show(request, job)

    open_preview.__name__ = name
    return open_preview


def _refuse(request: HttpRequest) -> None:
    messages.error(request, too_many_rooms())


def _sets(**values: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"set": values}


def _closes_now() -> dict[str, Any]:
    return {"set": {"join_until": format_timestamp(whole_second(timezone.now()))}}


@admin.action(permissions=["delete"], description=_("Delete…"))
def delete_selected(
    model_admin: Any, request: HttpRequest, rooms: RoomQuerySet
) -> HttpResponse | None:
    """Ask before deleting. Django's own action of this name writes no history of the rooms."""
    if "apply" not in request.POST:
        return _deletion_page(model_admin, request, rooms)
    summary = delete_rooms(request, rooms)
    messages.add_message(request, summary.level, summary.sentences())
    return None


def _deletion_page(model_admin: Any, request: HttpRequest, rooms: RoomQuerySet) -> HttpResponse:
    count = rooms.count()
    others = max(0, count - NAMED_ON_THE_PAGE)
    more = ngettext("and {number} more", "and {number} more", others).format(number=others)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": ngettext("Delete {number} room", "Delete {number} rooms", count).format(
            number=count
        ),
        "rooms": rooms[:NAMED_ON_THE_PAGE],
        "others": more if others else "",
        "checkbox": ACTION_CHECKBOX_NAME,
        "checked": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/rooms/delete.html", context)


ACTIONS = (
    _opens_form("edit_rooms", _("Edit")),
    _opens_form("set_quality", _("Set quality"), "quality"),
    _opens_form("set_layout", _("Set layout"), "layout"),
    _opens_form("set_max_members", _("Set capacity"), "max_members"),
    _opens_form("shift_schedule", _("Shift the schedule")),
    _opens_preview("recording_on", _("Turn recording on"), _sets(record_on_start=True)),
    _opens_preview("recording_off", _("Turn recording off"), _sets(record_on_start=False)),
    _opens_preview("previews_on", _("Turn previews on"), _sets(enable_room_previews=True)),
    _opens_preview("previews_off", _("Turn previews off"), _sets(enable_room_previews=False)),
    _opens_preview("close_joining_now", _("Close joining now"), _closes_now, keep_closed=True),
    _opens_preview("clear_schedule", _("Clear the schedule"), lambda: {"clear": CLEARED}),
    delete_selected,
)

"""The history of rooms in Django's admin, which is read-only."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from access.admin.mixins import ProjectScopedAdmin, ReadOnly, time_column
from rooms.display.values import label, moved
from rooms.jobs.access import MAY_CHANGE
from rooms.models import Room
from rooms.models.history import Action, RoomChange

CHANGES_PER_PAGE = 50


@admin.register(RoomChange)
class RoomChangeAdmin(ProjectScopedAdmin, ReadOnly):
    """The history of all rooms, including deleted ones."""

    list_display = ("when", "room_name", "action", "fields_moved", "author_name", "channel")
    list_display_links = ("when", "room_name")
    list_filter = ("action", "channel", "author_kind")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("room_name", "author_name", "request_id")

    fields = (
        *("when", "action", "room_name", "project_id", "room_id", "version", "values"),
        *("author_name", "author_kind", "author_id", "channel", "request_id", "bulk_id"),
    )

    when = time_column("at", _("When"))

    @admin.display(description=_("Fields"))
    def fields_moved(self, change: RoomChange) -> str:
        return ", ".join(label(name) for name in change.changes)

    @admin.display(description=_("Changes"))
    def values(self, change: RoomChange) -> str:
        none = gettext("none")
        rows = (
            (one.label, none if one.before is None else one.before, one.after or none)
            for one in moved(change.changes)
        )
        return format_html_join(mark_safe("<br>"), "{}: {} → {}", rows)


def admin_room_history(
    model_admin: admin.ModelAdmin, request: HttpRequest, room: Room
) -> HttpResponse:
    """Show the history of one room, newest first, field by field."""
    sees_room = model_admin.has_view_or_change_permission(request, room)
    if not (sees_room and request.user.has_perm("rooms.view_roomchange")):
        raise PermissionDenied
    changes = RoomChange.objects.filter(room_id=room.pk).order_by("-version")
    page = Paginator(changes, CHANGES_PER_PAGE).get_page(request.GET.get("p", 1))
    may_undo = request.user.has_perms(MAY_CHANGE)
    for change in page:
        _prepare(change, may_undo)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("History of {room}").format(room=room),
        "opts": model_admin.opts,
        "room": room,
        "page": page,
        "page_number": gettext("{page} of {pages}").format(
            page=page.number, pages=page.paginator.num_pages
        ),
    }
    return TemplateResponse(request, "admin/rooms/history.html", context)


def _prepare(change: RoomChange, may_undo: bool) -> None:
    """Add the sentences and values to a change that the template shows."""
    change.rows = moved(change.changes)
    change.values = _values(change)
    change.byline = gettext("by {author}").format(author=change.author_name)
    change.details = " · ".join(_details(change))
    fields = len(change.rows)
    change.fields = ngettext("{number} field", "{number} fields", fields).format(number=fields)
    change.can_undo = bool(change.bulk_id) and change.action == Action.CHANGED and may_undo


def _values(change: RoomChange) -> list[tuple[str, str | None]]:
    """Return the values of a created or deleted room; a changed one has two for each field."""
    if change.action == Action.CHANGED:
        return []
    is_new = change.action == Action.CREATED
    return [(one.label, one.after if is_new else one.before) for one in change.rows]


def _details(change: RoomChange) -> list[str]:
    details = [
        f"{change.get_author_kind_display()}, {change.get_channel_display()}",
        gettext("version {version}").format(version=change.version),
    ]
    if change.request_id:
        details.append(gettext("request {id}").format(id=change.request_id))
    if change.bulk_id:
        details.append(gettext("bulk edit {id}").format(id=change.bulk_id))
    return details

"""The copy of a room for the next week, from the menu of the room."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from access.staff.decorators import staff_page
from access.staff.times import time_text
from access.staff.zones import zone_names
from rooms.changes.authors import author_of
from rooms.changes.validation import Change
from rooms.display.values import label
from rooms.models import Room
from rooms.models.history import Action, AuthorKind, Channel, RoomChange
from rooms.pages.room.action_views import render_menu, render_stale_menu
from rooms.pages.room.copies import has_times, next_week, no_times
from rooms.pages.room.forms import NewRoomPageForm
from rooms.pages.room.new_views import new_room_form, render_new_room
from rooms.pages.room.visible import visible_room
from rooms.pages.undo import UNDO, offer_undo_of
from rooms.rules.join_policy import SCHEDULE


@staff_page("rooms.view_room", "rooms.add_room")
@require_POST
def copy_to_next_week(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Create the copy; a double click creates one copy, because the menu has its name.

    The page for a new room opens with the entries and the faults if one of the times does not
    exist, occurs twice, or if the name is taken (422).
    """
    room = visible_room(request, room_id)
    if not has_times(room):
        return render_menu(request, room, 422, refusal=no_times())
    if request.POST.get("version") != str(room.version):
        return render_stale_menu(request, room)
    form = _form(request, room)
    with timezone.override(form.time_zone):
        change = form.apply(by=author_of(request, Channel.FORM)) if form.is_valid() else None
        change = change or _made_before(request, room, form)
        if change is None:
            return render_new_room(request, form, status=422)
        return _created(request, change)


def _form(request: HttpRequest, room: Room) -> NewRoomPageForm:
    zone = request.POST.get("zone", "")
    here = timezone.get_current_timezone_name()
    data = next_week(
        room, ZoneInfo(zone if zone in zone_names() else here), request.POST.get("name", "")
    )
    # The form refuses a zone that does not exist.
    data["zone"] = zone
    return new_room_form(request, data)


def _made_before(request: HttpRequest, source: Room, form: NewRoomPageForm) -> Change | None:
    """Return the same copy if the user has made it from the same menu."""
    room = Room.objects.filter(project_id=source.project_id, name=form.data["name"]).first()
    if room is None or form.errors.keys() != {"name"}:
        return None
    own = RoomChange.objects.filter(author_kind=AuthorKind.USER, author_id=str(request.user.pk))
    is_own = own.filter(room_id=room.pk, version=1, action=Action.CREATED).exists()
    same = all(getattr(room, name) == form.cleaned_data[name] for name in SCHEDULE)
    return Change(room) if is_own and same and room.version == 1 else None


def _created(request: HttpRequest, change: Change) -> HttpResponse:
    room, tags = change.room, ""
    if request.user.has_perms(("rooms.change_room", "rooms.delete_room")):
        offer_undo_of(request, change)
        tags = UNDO
    times = ((label(name), getattr(room, name)) for name in SCHEDULE)
    words = ", ".join(f"{field}: {time_text(time)}" for field, time in times if time)
    created = gettext("{name} was created.").format(name=room.display_name)
    messages.success(request, f"{created} {words}.", extra_tags=tags)
    return HttpResponseRedirect(reverse("room-page", args=[room.pk]))

"""What staff do to many rooms at once in the admin: each is safe to do twice."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from rooms.actions import Tally, change_rooms, delete_rooms
from rooms.changes import Edit, judge_alone
from rooms.form_fields import form_field
from rooms.models import Room, RoomQuerySet, RoomStatus
from rooms.timestamps import whole_second

NAMED_ON_A_PAGE = 20

Action = Callable[[admin.ModelAdmin, HttpRequest, RoomQuerySet], HttpResponse | None]
Act = Callable[[HttpRequest, RoomQuerySet], Tally]


class Setting(forms.Form):
    """Asks for the value of one setting."""

    def __init__(self, name: str, data: Any = None) -> None:
        super().__init__(data)
        self.name = name
        self.fields[name] = form_field(Room._meta.get_field(name))

    def clean(self) -> None:
        try:
            judge_alone(self.cleaned_data)
        except ValidationError as refusal:
            for fault in refusal.error_dict.values():
                self.add_error(self.name, fault)


def close_joining(room: Room) -> dict[str, Any]:
    now = timezone.now()
    # A closed room stays as it is: when it closed is a fact that somebody may need.
    return {} if room.status(now) == RoomStatus.CLOSED else {"join_until": whole_second(now)}


def at_once(name: str, description: str, edit: Edit) -> Action:
    """Return an action that sets what it says."""

    @admin.action(permissions=["change"], description=description)
    def act(model_admin: Any, request: HttpRequest, rooms: RoomQuerySet) -> None:
        _say(request, change_rooms(request, rooms, edit))

    act.__name__ = name
    return act


def asking(name: str, description: str, setting: str) -> Action:
    """Return an action that asks for the value of `setting` on a page of its own."""

    @admin.action(permissions=["change"], description=f"{description}…")
    def act(model_admin: Any, request: HttpRequest, rooms: RoomQuerySet) -> HttpResponse | None:
        form = Setting(setting, request.POST if "apply" in request.POST else None)
        if not form.is_valid():
            return _page(model_admin, request, rooms, act, form=form)
        _say(request, change_rooms(request, rooms, dict(form.cleaned_data)))
        return None

    act.__name__ = name
    return act


def confirming(name: str, description: str, permission: str, do: Act, warning: str) -> Action:
    """Return an action that says what will be lost, and asks whether that is meant."""

    @admin.action(permissions=[permission], description=f"{description}…")
    def act(model_admin: Any, request: HttpRequest, rooms: RoomQuerySet) -> HttpResponse | None:
        if "apply" not in request.POST:
            return _page(model_admin, request, rooms, act, warning=warning)
        _say(request, do(request, rooms))
        return None

    act.__name__ = name
    return act


def changing(edit: Edit) -> Act:
    return lambda request, rooms: change_rooms(request, rooms, edit)


def _say(request: HttpRequest, tally: Tally) -> None:
    messages.add_message(request, tally.level, str(tally))


def _page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    rooms: RoomQuerySet,
    action: Any,
    **asked: Any,
) -> HttpResponse:
    title = action.short_description.rstrip("…")
    count = rooms.count()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "action": action.__name__,
        "count": count,
        "rooms": rooms[:NAMED_ON_A_PAGE],
        "others": max(0, count - NAMED_ON_A_PAGE),
        "checkbox": ACTION_CHECKBOX_NAME,
        "checked": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        **asked,
    }
    return TemplateResponse(request, "admin/rooms/action.html", context)


CLEARED = dict.fromkeys(("join_from", "join_until", "remove_at", "remove_after_seconds_elapsed"))

ACTIONS = (
    asking("set_quality", "Set quality", "quality"),
    asking("set_layout", "Set layout", "layout"),
    asking("set_max_members", "Set member limit", "max_members"),
    at_once("recording_on", "Turn recording on", {"record_on_start": True}),
    at_once("recording_off", "Turn recording off", {"record_on_start": False}),
    at_once("previews_on", "Turn previews on", {"enable_room_previews": True}),
    at_once("previews_off", "Turn previews off", {"enable_room_previews": False}),
    confirming(
        "close_joining_now",
        "Close joining now",
        "change",
        changing(close_joining),
        "Nobody new is let in from now on. Whoever is inside stays.",
    ),
    confirming(
        "clear_schedule",
        "Clear the schedule",
        "change",
        changing(CLEARED),
        "All dates and the time limit of these rooms are cleared, so that they are open.",
    ),
    confirming(
        # Django's own action of this name would pass by rooms/changes.py.
        "delete_selected",
        "Delete",
        "delete",
        delete_rooms,
        "Past sessions and the history are kept. A room with a session in progress is refused.",
    ),
)

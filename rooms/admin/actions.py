"""What staff do to many rooms at once in the admin: each is seen first, and safe to do twice."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rooms.admin.acts import Act, CloseJoining, delete_rooms
from rooms.admin.previews import previewed
from rooms.bulk.engine import chunks_of
from rooms.bulk.forms import RecipeForm, Setting, Shift
from rooms.bulk.recipes import MOMENTS, Recipe
from rooms.changes.authors import author_of
from rooms.changes.validation import Edit
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Door

NAMED_ON_A_PAGE = 20

Action = Callable[[admin.ModelAdmin, HttpRequest, RoomQuerySet], HttpResponse | None]


def setting(name: str) -> Callable[[Any], RecipeForm]:
    return lambda data: Setting(name, data)


def asking(
    name: str, description: str, form_of: Callable[[Any], RecipeForm], note: str = ""
) -> Action:
    """Return an action that asks for a recipe, and shows what it would do before it does it."""

    @admin.action(permissions=["change"], description=format_lazy("{}…", description))
    def act(model_admin: Any, request: HttpRequest, rooms: RoomQuerySet) -> HttpResponse | None:
        form = form_of(request.POST if "asked" in request.POST else None)
        if not form.is_valid():
            return _page(model_admin, request, rooms, act, form=form, note=note)
        page = {"form": form, "note": note, **_selection(request, act)}
        return _preview(model_admin, request, rooms, form.recipe, page)

    act.__name__ = name
    return act


def showing(name: str, description: str, edit: Callable[[], Edit], note: str = "") -> Action:
    """Return an action that shows what it would do before it does it."""

    @admin.action(permissions=["change"], description=format_lazy("{}…", description))
    def act(model_admin: Any, request: HttpRequest, rooms: RoomQuerySet) -> HttpResponse | None:
        page = {"note": note, **_selection(request, act)}
        return _preview(model_admin, request, rooms, edit(), page)

    act.__name__ = name
    return act


def setting_to(**values: Any) -> Callable[[], Edit]:
    return lambda: Recipe(values)


@admin.action(permissions=["delete"], description=_("Delete…"))
def delete_selected(
    model_admin: Any, request: HttpRequest, rooms: RoomQuerySet
) -> HttpResponse | None:
    """Say what will be lost, and ask. Django's own action of this name passes by our history."""
    if "apply" not in request.POST:
        note = _(
            "Past sessions and the history are kept. A room with a session in progress is refused."
        )
        return _page(model_admin, request, rooms, delete_selected, note=note)
    tally = delete_rooms(request, rooms)
    messages.add_message(request, tally.level, tally.line())
    return None


def _preview(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    rooms: RoomQuerySet,
    edit: Edit,
    page: dict[str, Any],
) -> HttpResponse | None:
    # Locking rows takes a plain query, and a list of the admin's may be joined and sorted.
    chosen = Room.objects.filter(pk__in=rooms.order_by().values("pk"))
    what = f"{page['action']} {edit}"
    act = Act(what, author_of(request, Door.BULK), lambda: chunks_of(chosen, edit))
    return previewed(model_admin, request, act, verb=_("Change"), **page)


def _page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    rooms: RoomQuerySet,
    action: Any,
    **asked: Any,
) -> HttpResponse:
    count = rooms.count()
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "count": count,
        "rooms": rooms[:NAMED_ON_A_PAGE],
        "others": max(0, count - NAMED_ON_A_PAGE),
        **_selection(request, action),
        **asked,
    }
    return TemplateResponse(request, "admin/rooms/action.html", context)


def _selection(request: HttpRequest, action: Any) -> dict[str, Any]:
    """Return what a page sends again so that the list finds the same action and rooms."""
    return {
        "title": str(action.short_description).rstrip("…"),
        "action": action.__name__,
        "checkbox": ACTION_CHECKBOX_NAME,
        "checked": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "back": request.get_full_path(),
    }


ACTIONS = (
    asking("set_quality", _("Set quality"), setting("quality")),
    asking("set_layout", _("Set layout"), setting("layout")),
    asking("set_max_members", _("Set member limit"), setting("max_members")),
    showing("recording_on", _("Turn recording on"), setting_to(record_on_start=True)),
    showing("recording_off", _("Turn recording off"), setting_to(record_on_start=False)),
    showing("previews_on", _("Turn previews on"), setting_to(enable_room_previews=True)),
    showing("previews_off", _("Turn previews off"), setting_to(enable_room_previews=False)),
    asking(
        "shift_schedule",
        _("Shift the schedule"),
        Shift,
        _("A room without one of these moments keeps it so."),
    ),
    showing(
        "close_joining_now",
        _("Close joining now"),
        lambda: CloseJoining(timezone.now()),
        _("From the moment that you apply this, nobody new is let in. Whoever is inside stays."),
    ),
    showing(
        "clear_schedule",
        _("Clear the schedule"),
        setting_to(**dict.fromkeys((*MOMENTS, "remove_after_seconds_elapsed"))),
        _("All dates and the time limit of these rooms are cleared, so that they are open."),
    ),
    delete_selected,
)

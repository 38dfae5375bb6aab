"""The choice of a zone in the form of a room: the form is shown again, nothing is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from access.staff.preferences import keep_zone
from access.staff.zones import find_zone, no_zone_text, zone_names
from access.values.local_times import offset_text
from rooms.pages.room.moment_field import OFFSET
from rooms.rules.join_policy import SCHEDULE


@dataclass(frozen=True)
class ZoneChoice:
    """The entered text, and the zone that it names, or None."""

    text: str
    zone: str | None

    @property
    def error(self) -> str:
        return "" if self.zone else no_zone_text(self.text)


def zone_choice(data: QueryDict) -> ZoneChoice | None:
    """Return the choice that a form was sent for, or None if it was sent to be saved.

    A form whose selector names another zone than that of its times is not saved: the user may not
    have seen which times it means.
    """
    text = data.get("show_zone", "")
    zone = find_zone(text)
    # A form without a valid zone is refused as a whole.
    is_other = bool(text.strip()) and data.get("zone") in zone_names() and zone != data["zone"]
    return ZoneChoice(text, zone) if is_other or "rezone" in data else None


def in_chosen_zone(make: Callable[[QueryDict], Any], data: QueryDict, choice: ZoneChoice) -> Any:
    """Return the form that `make` builds, with its times in the chosen zone if there is one."""
    form = make(data)
    return make(_rezoned(form, choice.zone)) if choice.zone else form


def respond_in_zone(
    request: HttpRequest, form: Any, choice: ZoneChoice, render: Callable[..., HttpResponse]
) -> HttpResponse:
    """Render the form, and remember the zone as the preference of the user."""
    with timezone.override(form.time_zone):
        response = render(request, form, status=200 if choice.zone else 422, zone_choice=choice)
    if choice.zone:
        keep_zone(response, choice.zone)
    return response


def _rezoned(form: Any, zone: str) -> QueryDict:
    """Return the data of `form` with stored times in `zone`; entered times stay as entered."""
    # Compares the entries with the version that the user saw.
    form.is_valid()
    data = form.data.copy()
    data["zone"] = data["show_zone"] = zone
    with timezone.override(zone):
        here = timezone.get_current_timezone()
        for name in SCHEDULE:
            moment = form.fields[name].to_python(form.initial.get(name))
            if name in form.changed_data or moment is None:
                continue
            data[name] = f"{moment.astimezone(here):%Y-%m-%dT%H:%M:%S}"
            data[OFFSET.format(name)] = offset_text(moment, here)
    return data

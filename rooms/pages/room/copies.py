"""Copies of a room: a free name, and the same times one week later."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext

from access.staff.clock_changes import local_time_text
from access.values.local_times import in_zone
from rooms.changes.validation import SETTINGS
from rooms.display.values import label
from rooms.models import Room
from rooms.pages.room.forms import NewRoomPageForm
from rooms.rules.constraints import rule_of
from rooms.rules.join_policy import SCHEDULE

# If all these names are taken, the last one is offered, and refused as taken.
MOST_COPIES = 99
WEEK = timedelta(weeks=1)


def copy_of(room: Room, name: str) -> dict[str, Any]:
    """Return the initial data of a form for a copy `name` of `room`."""
    copied = {field: getattr(room, field) for field in SETTINGS}
    more = {"project": room.project, "name": name, "display_name": _display_name(room)}
    return {**copied, **more}


def free_name(room: Room) -> str:
    """Return the first of NAME-copy, NAME-copy-2, … that no room of the project has."""
    names = list(_names(room))
    used = Room.objects.filter(project_id=room.project_id, name__in=names)
    taken = set(used.values_list("name", flat=True))
    return next((name for name in names if name not in taken), names[-1])


def _names(room: Room) -> Iterator[str]:
    longest = rule_of(Room, "name").longest
    # The copy of a copy has the next number.
    base = re.sub(r"-copy(-[0-9]{1,2})?$", "", room.name)
    for number in range(1, MOST_COPIES + 1):
        end = "-copy" if number == 1 else f"-copy-{number}"
        yield base[-(longest - len(end)) :] + end


def _display_name(room: Room) -> str:
    """Return the display name with "(copy)"; nothing if it is the name, or gets too long."""
    ending = gettext("{name} (copy)").format(name="")
    name = room.display_name.removesuffix(ending)
    copied = gettext("{name} (copy)").format(name=name)
    too_long = len(copied) > rule_of(Room, "display_name").longest
    return "" if room.display_name == room.name or too_long else copied


def next_week(room: Room, zone: ZoneInfo, name: str) -> QueryDict:
    """Return the data of a form for a copy `name` whose times are one week later in `zone`.

    The clocks of `zone` show the same time of day then. The form refuses a time that they show
    never, and asks about one that they show twice.
    """
    form = NewRoomPageForm()
    data = QueryDict(mutable=True)
    for field, value in copy_of(room, name).items():
        if field in SCHEDULE and value is not None:
            data[field] = f"{in_zone(value, zone) + WEEK:%Y-%m-%dT%H:%M:%S}"
        elif value is True:
            data[field] = "on"
        elif value is not False and value is not None:
            data[field] = form.fields[field].prepare_value(value)
    data["project"], data["zone"] = str(room.project_id), str(zone)
    return data


def next_week_text(room: Room, zone: ZoneInfo) -> str:
    """Return "Opens: Tue 8 Dec 2026 09:00, Closes: …": the times of the copy."""
    times = ((label(name), getattr(room, name)) for name in SCHEDULE)
    later = (
        (field, in_zone(time, zone).replace(second=0) + WEEK)
        for field, time in times
        if time is not None
    )
    return ", ".join(f"{field}: {local_time_text(local)}" for field, local in later)


def has_times(room: Room) -> bool:
    return any(getattr(room, name) is not None for name in SCHEDULE)


def no_times() -> str:
    return gettext("The room has no times to move. Use “Duplicate”.")

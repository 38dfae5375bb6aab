"""The rooms of the demo's project, with realistic names, in every state of a schedule."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from access.models import Project
from access.values.timestamps import whole_second
from rooms.changes import change_room, create_room
from rooms.models import Room
from rooms.models.history import Author, AuthorKind, Channel
from rooms.rules.join_policy import SCHEDULE
from sessions.demo import sessions as sessions_demo

PROJECT = "Northwind Hospital"

SET_UP = Author(AuthorKind.SYSTEM, "", "demo", Channel.SHELL)
MARTA = Author(AuthorKind.USER, "", "marta.lindqvist", Channel.ADMIN)
OLUWASEUN = Author(AuthorKind.USER, "", "oluwaseun.adeyemi", Channel.ADMIN)
WARD_APP = Author(AuthorKind.TOKEN, "", "ward app", Channel.API)

# Hours from now: (join_from, join_until, remove_at); None if the room does not set it.
ALWAYS = (None, None, None)
OPEN = (-2, 6, 7)
TODAY = (1.5, 3, 4)
TOMORROW = (20, 21, 21.5)
NEXT_WEEK = (24 * 7, 24 * 7 + 2, None)
YESTERDAY = (-26, -24, -23)
LAST_MONTH = (-24 * 31, -24 * 30, None)

# Each room: name, display_name, window, and settings other than the defaults.
ROOMS: tuple[tuple[str, str, tuple, dict[str, Any]], ...] = (
    ("ward-3-handover", "Ward 3 · Morning handover", OPEN, {"max_members": 12, "layout": "3x3"}),
    ("ward-3-family", "Ward 3 · Family visits", ALWAYS, {"max_members": 8, "layout": "2x2"}),
    ("ward-4-handover", "Ward 4 · Morning handover", TOMORROW, {"max_members": 12}),
    ("ward-5-handover", "Ward 5 · Evening handover", TODAY, {"max_members": 12, "layout": "3x3"}),
    (
        "icu-rounds",
        "Intensive care · Rounds",
        OPEN,
        {
            "max_members": 24,
            "quality": "1080p",
            "audio_video_sync": True,
            "description": "Rounds at 07:30 and 19:30.\n\nOne camera a bed. Do not record: "
            "patients are named.",
            "meta": {"ward": "ICU", "beds": 14, "phone": "+46 8 555 0199"},
        },
    ),
    (
        "or-2-observers",
        "Operating theatre 2 · Observers",
        ALWAYS,
        {
            "max_members": 60,
            "quality": "1080p",
            "layout": "highlight-1-responsive",
            "record_on_start": True,
            "audio_video_sync": True,
            "description": "Students join muted.\nThe surgeon has the large picture.",
        },
    ),
    ("er-triage", "Emergency · Triage", ALWAYS, {"max_members": 6, "layout": "2x1"}),
    ("er-interpreter", "Emergency · Interpreter on call", ALWAYS, {"max_members": 4}),
    (
        "cardiology-consult",
        "Cardiology · Consultation with the practices of the northern district",
        OPEN,
        {"quality": "1080p", "layout": "2x1", "meta": {"booking": "CARD-NORTH", "slots": 8}},
    ),
    ("cardiology-mdt", "Cardiology · Heart team", TOMORROW, {"layout": "4x4"}),
    (
        "oncology-board",
        "Oncology · Tumour board",
        NEXT_WEEK,
        {"max_members": 40, "quality": "1080p", "enable_room_previews": True},
    ),
    ("radiology-second-opinion", "Radiology · Second opinion", ALWAYS, {"quality": "1080p"}),
    (
        "paediatrics-play",
        "Paediatrics · Story time 🐻",
        TODAY,
        {"layout": "highlight-1-responsive"},
    ),
    ("maternity-course", "Maternity · Birth preparation, evening course", NEXT_WEEK, {}),
    (
        "physio-group",
        "Physiotherapy · Group at home (knee and hip)",
        OPEN,
        {"max_members": 25, "layout": "5x5", "remove_after_seconds_elapsed": 3600},
    ),
    ("dialysis-dietician", "Dialysis · Dietician", YESTERDAY, {"max_members": 5, "layout": "5up"}),
    ("psychiatry-1", "Psychiatry · Quiet room 1", ALWAYS, {"max_members": 2, "layout": "1x1"}),
    ("psychiatry-2", "Psychiatry · Quiet room 2", ALWAYS, {"max_members": 2, "layout": "1x1"}),
    ("pharmacy-helpdesk", "Pharmacy help desk", ALWAYS, {"layout": "grid-responsive-mobile"}),
    ("jp-consult", "国際患者相談室（日本語）", TOMORROW, {"max_members": 6}),  # noqa: RUF001
    ("ar-consult", "استشارة المرضى الدوليين", OPEN, {"max_members": 6}),
    ("uk-consult", "Консультація українською", ALWAYS, {"max_members": 6}),
    ("el-consult", "Συμβουλευτική για ασθενείς", YESTERDAY, {"max_members": 6}),  # noqa: RUF001
    (
        "grand-rounds",
        "Grand rounds · “What we learned from a year of remote follow-up after "
        "discharge, and what we would do differently in the next one” with guests from "
        "three universities",
        NEXT_WEEK,
        {
            "max_members": 300,
            "quality": "1080p",
            "layout": "10x10",
            "record_on_start": True,
            "enable_room_previews": True,
            "description": "Open to all staff.\n\n- Doors: 15 minutes before\n- Questions: in "
            "the chat\n- Recording: on the intranet, the day after",
        },
    ),
    ("board-q3", "Board · Third quarter", LAST_MONTH, {"record_on_start": True}),
    ("board-q4", "Board · Fourth quarter", NEXT_WEEK, {"max_members": 16, "layout": "4x4"}),
    ("all-hands", "All hands", LAST_MONTH, {"max_members": 300, "layout": "8x8"}),
    ("it-on-call", "IT on call", ALWAYS, {"max_members": 10, "meta": {"pager": True}}),
    ("nursing-school-a", "Nursing school · Group A", TODAY, {"max_members": 36, "layout": "6x6"}),
    (
        "nursing-school-b",
        "Nursing school · Group B",
        TOMORROW,
        {"max_members": 36, "layout": "6x6"},
    ),
    ("chaplaincy", "Chaplaincy", ALWAYS, {"max_members": 3}),
    ("test-do-not-use", "test-do-not-use", LAST_MONTH, {"description": "Delete after the move."}),
)

# Each change: the room, its author, and the new values.
CHANGES: tuple[tuple[str, Author, dict[str, Any]], ...] = (
    ("icu-rounds", MARTA, {"max_members": 20}),
    ("icu-rounds", WARD_APP, {"max_members": 24, "layout": "5x5"}),
    ("icu-rounds", MARTA, {"record_on_start": False, "meta": {"ward": "ICU", "beds": 16}}),
    ("ward-3-handover", OLUWASEUN, {"layout": "grid-responsive", "max_members": 14}),
    ("ward-3-handover", WARD_APP, {"enable_room_previews": True}),
    ("or-2-observers", OLUWASEUN, {"max_members": 80}),
    ("grand-rounds", MARTA, {"display_name": "Grand rounds · A year of remote follow-up"}),
    ("pharmacy-helpdesk", WARD_APP, {"description": "Weekdays 8 to 17."}),
    ("test-do-not-use", OLUWASEUN, {"quality": "1080p"}),
)


@transaction.atomic
def make_rooms(now: datetime) -> Project:
    """Create the demo's project with its rooms, sessions and history, as of `now`."""
    project = Project.objects.create(name=PROJECT)
    rooms = {room.name: room for room in _rooms(project, whole_second(now))}
    sessions_demo.make_sessions(rooms, now)
    for name, author, values in CHANGES:
        change_room(Room.objects.filter(project=project), rooms[name].pk, values, by=author)
    return project


def _rooms(project: Project, now: datetime) -> Iterator[Room]:
    for name, display_name, window, settings in ROOMS:
        values = {
            "name": name,
            "display_name": display_name,
            **times_of_window(window, now),
            **settings,
        }
        yield create_room(project.pk, values, by=SET_UP).room


def times_of_window(window: tuple[float | None, ...], now: datetime) -> dict[str, datetime | None]:
    # Times are relative to the full hour, as in real schedules.
    base = now.replace(minute=0, second=0)
    return {
        name: None if hours is None else base + timedelta(hours=hours)
        for name, hours in zip(SCHEDULE, window, strict=True)
    }

"""Greenroom's pages for page_times.py, with 330 rooms of which 12 are live."""

import re

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from access.values.timestamps import whole_second
from rooms.changes import change_room, create_room
from rooms.models import Room
from sessions.demo import rooms as demo
from sessions.demo.sessions import LIVE as LIVE_IN_DEMO
from sessions.models import RoomSession
from tests.factories import TESTS, MemberFactory, ProjectFactory

ROOMS, LIVE, CHANGED = 330, 12, 40
HTMX = {"HX-Request": "true", "HX-Target": "results"}
NARROWER = {"max_members": 7, "layout": "2x2", "record_on_start": True}


def fill():
    """Create tables, static files and rooms; return the user of the pages."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    fill_rooms(whole_second(timezone.now()))
    return get_user_model().objects.create_superuser("marta.lindqvist")


def fill_rooms(now):
    made = list(_copies(now))
    # Created after the others, so that the demo's rooms are newer and listed first.
    demo.make_rooms(now)
    for room in made[len(LIVE_IN_DEMO) - LIVE :]:
        session = RoomSession.of(room, now)
        session.save(force_insert=True)
        MemberFactory(session=session)
    for room in made[:CHANGED]:
        change_room(Room.objects, room.pk, NARROWER, by=TESTS)


def _copies(now):
    """Yield rooms such as those of the demo, in another project."""
    project = ProjectFactory(name="Many rooms")
    for number in range(ROOMS - len(demo.ROOMS)):
        name, display_name, window, settings = demo.ROOMS[number % len(demo.ROOMS)]
        values = {"name": f"{name}-{number}", "display_name": f"{display_name} {number}"}
        values |= demo.times_of_window(window, now) | settings
        yield create_room(project.pk, values, by=TESTS).room


def requests(client):
    """Yield the name of each page and a function that requests it."""
    ids = [str(pk) for pk in Room.objects.order_by("-pk").values_list("pk", flat=True)[:50]]
    refresh, preview = f"/rooms/live?ids={','.join(ids)}", _preview(client, ids)
    yield "list, 50 rows", lambda: client.get("/")
    yield "list, parts for htmx", lambda: client.get("/", headers=HTMX)
    yield "refresh of 50 rows", lambda: client.get(refresh, headers=HTMX)
    yield "preview of a bulk change, 50 rooms", lambda: client.get(preview)
    yield "form of a bulk change", lambda: client.post("/bulk", {"ids": ids})
    for name, path in _paths():
        yield name, lambda path=path: client.get(path)


def _paths():
    room, live = (Room.objects.get(name=name).pk for name in ("ward-3-handover", "icu-rounds"))
    return {
        "room": f"/rooms/{room}",
        "room with a session": f"/rooms/{live}",
        "new room": "/rooms/new",
        "history, 50 changes": "/history",
        "history of a room": f"/rooms/{live}/history",
        "jobs": "/jobs",
        "sessions": "/sessions",
        "`/now`": "/now",
        "`/week`": "/week",
        "list of rooms in Django admin": "/admin/rooms/room/",
    }.items()


def _preview(client, ids):
    """Return the address of the preview of a bulk change."""
    form = client.post("/bulk", {"ids": ids}).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="([^"]*)"\s+value="([^"]*)"', form))
    times = {"hours": "1", "direction": "earlier", "move_join_from": "on", "move_join_until": "on"}
    response = client.post("/bulk", {**sent, **times, "ids": ids, "preview": "1"})
    return response.headers["Location"]

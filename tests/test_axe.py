"""axe-core on every page, in both colours: no violation of WCAG 2.2 AA."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from rooms import demo
from rooms.history import Action, RoomChange
from rooms.models import Room
from sessions.models import RoomSession
from tests.browser import log_in
from tests.factories import StaffFactory, TokenFactory

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # Fetching style sheets anew, it takes their relative addresses for the page's.
    "preload": False,
}
# Answers that are no page: downloads, parts of pages, acts that a GET does not do.
NO_PAGE: set[str] = {"remove-member", "admin:view_on_site"}


def addresses(project):
    """Return the address of every page, by its name, in the demo's world."""
    room = Room.objects.get(project=project, name="icu-rounds")
    live = RoomSession.objects.filter(project=project, end_time=None).first()
    change = RoomChange.objects.filter(room_id=room.pk, action=Action.CHANGED).first()
    token = TokenFactory(project=project)
    objects = {
        "rooms_room": room,
        "rooms_roomchange": change,
        "room_sessions_roomsession": live,
        "access_project": project,
        "access_apitoken": token,
    }
    found = {
        name: reverse(name)
        for name in ("now", "home", "history", "session-list", "password", "admin:index", "sign-in")
    }
    found |= {
        "room-page-history": reverse("room-page-history", args=[room.pk]),
        "revert-page": reverse("revert-page", args=[change.pk]),
        "session-page": reverse("session-page", args=[live.pk]),
        "end-session": reverse("end-session", args=[live.pk]),
    }
    for name, one in objects.items():
        found[f"admin:{name}_changelist"] = reverse(f"admin:{name}_changelist")
        found[f"admin:{name}_change"] = reverse(f"admin:{name}_change", args=[one.pk])
    return found


@pytest.fixture
def world(greenroom):
    project = demo.make(timezone.now())
    return addresses(project)


def violations(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url} {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_in_anybodys_way(open_page, greenroom, world, scheme):
    page = open_page(color_scheme=scheme)
    log_in(page, greenroom, StaffFactory())
    found = []
    for address in world.values():
        page.goto(f"{greenroom.url}{address}")
        found += violations(page)

    assert not found, "\n".join(found)

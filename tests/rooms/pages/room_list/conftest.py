"""The room list in a browser."""

import pytest

from tests.factories import ProjectFactory, RoomFactory, StaffFactory
from tests.support.browser import log_in


@pytest.fixture
def rooms(greenroom):
    project = ProjectFactory()
    return [RoomFactory(project=project, name=name) for name in ("attic", "lobby", "lobster")]


@pytest.fixture
def open_list(open_page, greenroom, rooms):
    """Open the list with a stopped clock, so that it refreshes only when a test asks for it."""

    def open_one(path="/", **options):
        page = open_page(**options)
        if options.get("java_script_enabled", True):
            page.clock.install()
        log_in(page, greenroom, StaffFactory())
        page.goto(f"{greenroom.url}{path}")
        return page

    return open_one

"""A room page in a browser."""

import pytest

from tests.factories import StaffFactory
from tests.support.browser import log_in


@pytest.fixture
def open_room(open_page, greenroom):
    """Open a room page as staff in a time zone; options are those of open_page."""

    def open_one(room, *, zone="Europe/Berlin", path="", **options):
        page = open_page(timezone_id=zone, **options)
        log_in(page, greenroom, StaffFactory())
        page.context.add_cookies([{"name": "zone", "value": zone, "url": greenroom.url}])
        page.goto(f"{greenroom.url}/rooms/{room.pk}{path}")
        return page

    return open_one

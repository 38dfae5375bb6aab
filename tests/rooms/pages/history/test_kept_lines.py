"""Lines of the history are kept, and a kept line is the one that would be written again."""

from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import override

from access.staff.times import reader_at
from rooms.changes import delete_room
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.pages.history.lines import LinePage, lines_of
from rooms.pages.history.rows import with_names
from tests.factories import TESTS, RoomFactory
from tests.support.history_pages import change
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
META = {"é": [1.0, 1e23, None, 2**70, True, {"b": "<i>", "a": "%(x)s"}]}
READERS = tuple(product(("en", "de"), ("UTC", "Asia/Tokyo")))


def make_changes(room):
    """Create, change and delete rooms in each way that a line shows."""
    gone = RoomFactory(project=room.project, display_name="<Gone> & 100 %s")
    change(gone, join_from=datetime(2026, 10, 25, 1, 30, tzinfo=UTC), layout="3x3")
    delete_room(Room.objects.all(), gone.pk, by=TESTS)
    change(room, meta=META, description="a\nb", record_on_start=True)
    change(room, max_members=30, remove_after_seconds_elapsed=90)
    RoomChange.objects.create(
        at=timezone.now(), project_id=room.project_id, room_id=room.pk, room_name="former",
        version=99, action="changed", changes={"a_former_field": [1, "x"]}, author_kind="user",
        author_id="1", author_name='<b>"', channel="form", request_id="r", bulk_id=room.pk,
    )  # fmt: skip


def each_line():
    """Yield each change on each kind of page, for each reader."""
    now = timezone.now()
    for (language, zone), flags in product(READERS, product((True, False), repeat=4)):
        with override(language), timezone.override(ZoneInfo(zone)):
            page = LinePage(reader_at(now), *flags)
            yield from lines_of(with_names(RoomChange.objects.order_by("-id")), {}, page)


def test_kept_lines_equal_those_written_again(room):
    make_changes(room)

    for _ in range(2):
        seen = {line.html(): line.html() == line.write() for line in each_line()}
        assert all(seen.values())
    # Each reader has other texts of the changes, and so has each page that offers other steps.
    assert len(seen) > 6 * len(READERS)


def test_kept_line_follows_the_name_and_the_end_of_its_room(client, room):
    log_in(client)
    change(room, max_members=30)
    texts = [client.get("/history").content.decode()]
    for name in ("Ward 8", "Ward 9"):
        Room.objects.filter(pk=room.pk).update(display_name=name)
        texts.append(client.get("/history").content.decode())
    delete_room(Room.objects.all(), room.pk, by=TESTS)
    texts.append(client.get("/history").content.decode())

    assert ["Ward 8" in text for text in texts] == [False, True, False, False]
    assert ["Ward 9" in text for text in texts] == [False, False, True, True]
    assert ["Revert…" in text for text in texts] == [True, True, True, False]

"""Every row of data/*.json, sent byte by byte to the live server: hostile, tricky or valid
requests.

Each row names the expected status, the changed fields and the stored values. bad_inputs.json was
given to us; more_bad_inputs.json is our own.
"""

import pytest
from django.utils import timezone

from access.models import Project
from rooms.changes import delete_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory, SessionFactory, TokenFactory
from tests.support.api import nothing_changes
from tests.support.bad_input_values import Filler, change
from tests.support.bad_inputs import (
    ROWS,
    Sent,
    check_faults,
    expected_of,
    request_of,
    rows,
    statuses,
)
from tests.support.server import start_server

pytestmark = pytest.mark.django_db(transaction=True)


def demand_if_match(room):
    Project.objects.filter(pk=room.project_id).update(requires_if_match=True)


# Conditions that must be met before a row's request is sent.
ARRANGED = {
    "I02": lambda room: change(room, join_from="2030-01-01T00:00:00Z"),
    "I08": lambda room: delete_room(Room.objects, room.pk, by=TESTS),
    "I10": lambda room: SessionFactory(room=room, start_time=timezone.now()),
    "L14": demand_if_match,
    "X-window": lambda room: change(
        room, join_from="2030-01-01T00:00:00Z", join_until="2031-01-01T00:00:00Z"
    ),
    "X-settings": lambda room: change(
        room, record_on_start=True, enable_room_previews=True, audio_video_sync=True
    ),
}


@pytest.fixture
def sent(greenroom):
    """Return a function that prepares a row for sending, optionally for another server."""
    token = TokenFactory()
    room = RoomFactory(project=token.project, description="untouched")

    def prepare(row, server=greenroom, **more):
        ARRANGED.get(row.get("arranged", row["id"]), lambda room: None)(room)
        data = request_of(row, Filler(server, room, token), more)
        return Sent(row, data, server, room, token)

    logged = len(greenroom.log())
    yield prepare
    assert "Traceback" not in greenroom.log()[logged:]


@rows("reject")
def test_refused_request_changes_nothing(sent, row):
    answer = sent(row).answer(*statuses(row))

    if answer and answer.status == 422:
        check_faults(answer, row)


@rows("ignore")
def test_unknown_field_changes_nothing(sent, row):
    sending = sent(row)

    with nothing_changes():
        sending.answer(*statuses(row))


@rows("ignore")
def test_unknown_field_is_refused_in_strict_mode(sent, row):
    answer = sent(row, Prefer="handling=strict").answer(422)

    check_faults(answer, {**row, "error_code": "unknown_parameter"})


@rows("accept")
def test_accepted_request_is_stored_exactly(sent, row):
    sending = sent(row)

    answer = sending.answer(*statuses(row))

    now = sending.now()
    if row["method"] in ("PUT", "PATCH") and answer.status == 200:
        assert answer.json() == now
    if "stored" in row and answer.status == 200:
        expected = expected_of(row)
        assert {name: now[name] for name in expected} == expected
        assert "description" in expected or now["description"] == "untouched"


@rows("dry")
def test_dry_run_changes_nothing(sent, row):
    sending = sent(row)

    with nothing_changes():
        answer = sending.answer(*statuses(row))

    assert answer.status == 204 or answer.json()["dry_run"]


def test_live_session_keeps_its_settings(sent):
    (row,) = (row for row in ROWS if row["id"] == "I10")
    sending = sent(row)

    sending.answer(200)

    now = sending.now()
    assert now["record_on_start"] is True
    assert now["active_session"]["record_on_start"] is False


def test_request_above_the_rate_limit_is_refused(sent, server_env):
    (row,) = (row for row in ROWS if row["id"] == "M23")
    with start_server({**server_env, "WORKERS": "1", "RATE_LIMIT": "1/min"}) as server:
        sending = sent(row, server)
        sending.now()

        answer = sending.answer(429)

    assert int(answer.headers["retry-after"]) > 0

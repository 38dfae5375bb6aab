"""The real client gets errors with their status, body and request id."""

from uuid import UUID

import pytest
from signalwire.rest import SignalWireRestError

from tests.factories import SessionFactory
from tests.support.api import nothing_changes
from tests.support.signalwire_client import client_with


def test_errors_have_status_body_and_request_id(video, greenroom, token, room):
    SessionFactory(room=room)
    wrong = client_with(greenroom, token.project_id, "not-the-token")
    refusals = [
        (401, lambda: wrong.rooms.get("standup"), {"error": "Unauthorized"}),
        (404, lambda: video.rooms.get("nowhere"), {"error": "Not Found"}),
        (
            409,
            lambda: video.rooms.delete(str(room.pk)),
            {"error": "Conflict", "detail": "A session is in progress. End it first."},
        ),
    ]

    for status, call, body in refusals:
        with nothing_changes(), pytest.raises(SignalWireRestError) as caught:
            call()
        assert caught.value.status_code == status
        assert caught.value.body == body
        assert UUID(caught.value.request_id)


def test_all_errors_of_a_body_are_returned_together(video, greenroom, room):
    with nothing_changes(), pytest.raises(SignalWireRestError) as caught:
        video.rooms.update(str(room.pk), max_members=301, quality="4k", record_on_start="yes")

    assert caught.value.status_code == 422
    faults = {fault["attribute"]: fault for fault in caught.value.body["errors"]}
    assert {attribute: fault["code"] for attribute, fault in faults.items()} == {
        "max_members": "invalid_parameter",
        "quality": "invalid_parameter",
        "record_on_start": "not_a_boolean",
    }
    assert faults["max_members"] == {
        "type": "validation_error",
        "code": "invalid_parameter",
        "message": "max_members must be a whole number from 1 to 300, not 301.",
        "attribute": "max_members",
        "url": f"{greenroom.url}/api/docs#invalid_parameter",
    }

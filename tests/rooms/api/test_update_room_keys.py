"""PUT and PATCH /rooms/{id}: read-only and unknown keys are ignored, or refused on request."""

import uuid

import pytest

from tests.support.api import faults, nothing_changes


def test_read_only_fields_are_ignored(change, room):
    with nothing_changes():
        response = change(
            {
                "id": str(uuid.uuid4()),
                "fps": 30,
                "active_session": {"id": "x"},
                "created_at": "2020-01-01T00:00:00Z",
                "updated_at": 5,
            }
        )

    assert response.status_code == 200
    assert response.json()["id"] == str(room.pk)


def test_unknown_keys_are_ignored(change):
    with nothing_changes():
        response = change({"max_member": 5, "project": str(uuid.uuid4()), "version": 9, "\x00": 1})

    assert response.status_code == 200


def test_known_keys_are_applied_beside_unknown_ones(change, room):
    response = change({"max_member": 5, "max_members": 6})

    assert response.status_code == 200
    room.refresh_from_db()
    assert room.max_members == 6


@pytest.mark.parametrize(
    "prefer",
    ["handling=strict", "HANDLING=Strict", 'handling="strict"', "wait=5, handling=strict; x=y"],
)
def test_strict_handling_refuses_each_unknown_key(change, prefer):
    with nothing_changes():
        response = change({"max_member": 5, "fps": 30, "quality": "1080p"}, HTTP_PREFER=prefer)

    assert sorted(faults(response)) == [
        ("fps", "unknown_parameter"),
        ("max_member", "unknown_parameter"),
    ]


def test_strict_handling_is_confirmed_in_the_response(change):
    response = change({"quality": "1080p"}, HTTP_PREFER="handling=strict")

    assert response.status_code == 200
    assert response.headers["Preference-Applied"] == "handling=strict"


@pytest.mark.parametrize("prefer", ["handling=lenient", "strict", "xhandling=strict", "handling="])
def test_other_preferences_are_not_strict(change, prefer):
    with nothing_changes():
        response = change({"max_member": 5}, HTTP_PREFER=prefer)

    assert response.status_code == 200
    assert "Preference-Applied" not in response.headers

"""An id in capital letters is the same id, in bodies, files and queries."""

import pytest
from uuid_utils.compat import uuid7

from sessions.models import Member
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import SessionFactory
from tests.support.api import ADMISSIONS_URL, SESSIONS_URL, faults, nothing_changes
from tests.support.bulk import BULK_URL

SMALLER = {"set": {"max_members": 9}}


def capitals(row):
    return str(row.pk).upper()


def test_selection_of_a_bulk_change(api, room):
    body = {"select": {"ids": [capitals(room)]}, "change": SMALLER}

    assert api.post(BULK_URL, body).status_code == 200
    room.refresh_from_db()
    assert room.max_members == 9


def test_room_in_two_spellings_is_in_the_selection_twice(api, room):
    body = {"select": {"ids": [str(room.pk), capitals(room)]}, "change": SMALLER}

    with nothing_changes():
        assert faults(api.post(BULK_URL, body)) == [("select.ids", "invalid_parameter")]


def test_row_of_a_file(api, room):
    text = f"id,max_members\r\n{capitals(room)},9\r\n"

    assert api.post(BULK_URL, text, content_type="text/csv").status_code == 200
    room.refresh_from_db()
    assert room.max_members == 9


def test_room_in_two_spellings_is_in_the_file_twice(api, room):
    text = f"id,max_members\r\n{room.pk},9\r\n{capitals(room)},8\r\n"

    with nothing_changes():
        response = api.post(BULK_URL, text, content_type="text/csv")

    assert response.status_code == 422


@pytest.mark.parametrize("spell", [str.upper, str.lower])
def test_stay_of_a_member(api, room, spell):
    stay = str(uuid7())
    body = {"token": issue(Claims(room.project_id, room.name)), "member_id": stay}

    first = api.post(ADMISSIONS_URL, body).json()
    again = api.post(ADMISSIONS_URL, {**body, "member_id": spell(stay)}).json()

    assert first["member"]["id"] == again["member"]["id"] == stay
    assert Member.objects.count() == 1


def test_filter_of_sessions_by_room(api, room):
    session = SessionFactory(room=room)

    listed = api.get(SESSIONS_URL, {"room_id": capitals(room)}).json()["data"]

    assert [one["id"] for one in listed] == [str(session.pk)]

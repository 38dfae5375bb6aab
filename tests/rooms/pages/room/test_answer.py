"""The line "Can they get in?": the answer of an admission, without an admission."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from access.values.timestamps import whole_second
from rooms.changes import delete_room
from rooms.models import Room
from sessions.lifecycle import AdmissionRefused, TokenBlocked, admit
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import TESTS, MemberFactory, RoomFactory, SessionFactory
from tests.support.api import nothing_changes
from tests.support.html import log_in
from tests.support.room_page import page_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def said(page):
    found = re.search(r'<div id="said"[^>]*>(.*?)</div>', page.content.decode(), re.S)
    return re.sub(r"\s+", " ", strip_tags(found[1])).strip()


def ask(client, room, status=200, **question):
    page = client.post(reverse("room-answer", args=[room.pk]), {"zone": "UTC", **question})
    assert page.status_code == status
    return said(page)


def claims_for(room, **values):
    said = {"project_id": room.project_id, "room_name": room.name, "user_name": "Ada"}
    return Claims(**{**said, "auto_create_room": False, **values})


def test_first_line_answers_for_now(client):
    log_in(client)
    now = whole_second(timezone.now())
    full = SessionFactory(room=RoomFactory(max_members=1))
    MemberFactory(session=full)
    early = RoomFactory(join_from=now + 9 * DAY)
    late = RoomFactory(join_until=now + 9 * DAY)

    assert said(client.get(page_of(full.room))) == "No: full, 1 of 1"
    assert said(client.get(page_of(early))).startswith("No: opens ")
    assert said(client.get(page_of(late))).startswith("Yes, until ")
    assert said(client.get(page_of(RoomFactory()))) == "Yes"
    again = client.get(reverse("room-answer", args=[full.room_id]), headers={"HX-Request": "true"})
    assert "No: full, 1 of 1" in again.content.decode()


def test_another_time_is_asked_in_the_zone_of_the_page(client):
    log_in(client)
    room = RoomFactory(join_from="2030-01-01T12:00:00Z", join_until="2030-01-01T13:00:00Z")
    ask_at = {"at": "2030-01-01T13:30:00", "zone": "Europe/Berlin"}

    moved = client.post(reverse("room-answer", args=[room.pk]), ask_at)
    answer = said(client.get(moved.headers["Location"]))
    refused = client.get(f"{page_of(room)}?at=2030-03-31T02:30:00&zone=Europe/Berlin")

    assert answer == "Yes, until Tue 1 Jan 2030 14:00 Tue 1 Jan 2030 13:30"
    assert refused.status_code == 422
    assert "does not exist in Europe/Berlin" in refused.content.decode()
    assert said(refused) == "No answer: check the marked field."
    for wrong in ("soon", "9999-12-31T00:00", "2030-01-01T00:00:00Zx"):
        assert client.get(page_of(room), {"at": wrong, "zone": "UTC"}).status_code == 422


def test_token_is_answered_for_its_bearer_and_nothing_is_written(client):
    log_in(client)
    now = whole_second(timezone.now())
    room = RoomFactory(join_from=now + 9 * DAY)
    early = issue(claims_for(room, join_from=now - DAY))
    other = issue(claims_for(RoomFactory(project=room.project, name="other")))
    old = issue(claims_for(room, expires_in=60), now - DAY)

    with nothing_changes():
        assert ask(client, room, token=early) == "Yes Ada"
        assert ask(client, room, token=issue(claims_for(room))).startswith("No: opens ")
        assert "The room token is for the room other." in ask(client, room, token=other)
        assert "The room token has expired." in ask(client, room, token=old)
        assert "is not a JSON Web Token" in ask(client, room, token="x")
        assert ask(client, room, 422, token=early, at="soon").startswith("No answer")
        assert ask(client, room, 422, token="x" * 9000).startswith("No answer")


def test_answer_for_a_token_is_that_of_its_admission(client):
    log_in(client)
    room = RoomFactory(max_members=2)
    guest, blocked, third = (claims_for(room) for _ in range(3))
    member = admit(guest, by=TESTS).member
    MemberFactory(session=member.session, left=True, jti=blocked.jti, blocked_at=timezone.now())
    with pytest.raises(TokenBlocked):
        admit(blocked, by=TESTS)

    assert ask(client, room, token=issue(blocked)) == "No: blocked Ada"
    assert ask(client, room, token=issue(guest)).startswith("Yes, inside since ")
    assert ask(client, room, token=issue(third)) == "Yes Ada"
    MemberFactory(session=member.session)
    assert ask(client, room, token=issue(third)) == "No: full, 2 of 2 Ada"
    with pytest.raises(AdmissionRefused, match="full: 2 of 2"):
        admit(third, by=TESTS)


def test_token_of_a_deleted_room_is_answered_as_such(client):
    log_in(client)
    gone = RoomFactory(name="ward")
    token = issue(claims_for(gone))
    delete_room(Room.objects.all(), gone.pk, by=TESTS)
    room = RoomFactory(name="ward", project=gone.project)

    assert ask(client, room, token=token) == "No: the room of this token was deleted Ada"


def test_token_appears_in_no_address(client):
    log_in(client)
    room = RoomFactory()

    page = client.get(page_of(room)).content.decode()

    form = re.search(r'<form id="ask".*?>', page, re.S)[0]
    assert 'method="post"' in form

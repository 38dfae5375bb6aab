"""The room page: the preview of a change."""

import pytest
from django.urls import reverse

from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, ProjectFactory, RoomFactory
from tests.support.html import fields_of, log_in
from tests.support.room_page import page_of, preview_of
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


def preview(client, room, **typed):
    sent = {**fields_of(client.get(page_of(room))), **typed}
    return client.post(preview_of(room), {k: v for k, v in sent.items() if v is not None})


def test_preview_shows_the_result_and_writes_nothing(client):
    log_in(client)
    room = RoomFactory()

    response = preview(client, room, max_members="1", record_on_start="on")

    assert response.status_code == 200
    text = response.content.decode()
    assert "Always open; one person at a time; recorded from the start." in text
    assert "-H &#x27;If-Match: &quot;1&quot;&#x27;" in text
    assert "{&quot;max_members&quot;: 1, &quot;record_on_start&quot;: true}" in text
    assert_unchanged(room)


def test_preview_shows_errors_with_the_messages_of_saving(client):
    log_in(client)
    room = RoomFactory()

    text = preview(client, room, max_members="0", display_name="x").content.decode()

    assert "Enter a number from 1 to 300." in text
    # Valid fields are shown despite the errors of others.
    assert "Always open; up to 20 people." in text
    assert_unchanged(room)


def test_preview_reports_contradicting_settings(client):
    log_in(client)
    room = RoomFactory()

    response = preview(client, room, join_from="2026-12-02T10:00", join_until="2026-12-02T10:00")

    text = response.content.decode()
    assert "These times don't fit together" in text
    assert ") must be after Opens (" in text


def test_preview_reports_a_newer_change_by_another_user(client):
    log_in(client)
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))
    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)

    text = client.post(preview_of(room), sent).content.decode()

    assert "Another user saved this room." in text


def test_preview_url_is_not_a_page(client):
    log_in(client)

    assert client.get(preview_of(RoomFactory())).status_code == 405


def test_preview_of_a_new_room_does_not_require_a_name(client):
    log_in(client)
    project = ProjectFactory()
    url = reverse("new-room-preview")
    sent = {**fields_of(client.get(reverse("new-room"))), "project": project.pk}

    first = client.post(url, {**sent, "max_members": "5"})
    then = client.post(url, {**sent, "name": "no spaces"})

    assert "Always open; up to 5 people." in first.content.decode()
    assert not first.context["form"].errors
    assert "name" in then.context["form"].errors
    assert not Room.objects.exists()

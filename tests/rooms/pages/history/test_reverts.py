import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from rooms.models.history import Action, Channel, RoomChange
from tests.support.history_pages import change, page
from tests.support.html import fields_of, log_in, messages_of

pytestmark = pytest.mark.django_db


def test_change_is_reverted_as_previewed(client, room):
    log_in(client)
    entry = change(room, max_members=30)
    url = reverse("revert-page", args=[entry.pk])
    preview = client.get(url)
    assert "30" in preview.content.decode()

    response = client.post(url, fields_of(preview))

    room.refresh_from_db()
    assert room.max_members == 20
    assert messages_of(response) == ["Reverted. Capacity: 20 (was 30)."]
    assert RoomChange.objects.first().channel == Channel.REVERT


def test_nothing_is_reverted_if_the_room_changed_since_the_preview(client, room):
    log_in(client)
    entry = change(room, max_members=30)
    url = reverse("revert-page", args=[entry.pk])
    sent = fields_of(client.get(url))
    change(room, description="meanwhile")

    response = client.post(url, sent)

    room.refresh_from_db()
    assert (room.max_members, room.version) == (30, 3)
    assert "the room has changed" in response.content.decode()
    # The new preview can be applied.
    assert client.post(url, fields_of(response)).status_code == 302


def test_field_changed_later_is_reverted_only_with_override(client, room):
    log_in(client)
    entry = change(room, max_members=30)
    change(room, max_members=40)
    url = reverse("revert-page", args=[entry.pk])

    refused = client.post(url, {"version": "3"})
    room.refresh_from_db()
    assert room.max_members == 40
    assert "Capacity was changed since" in refused.content.decode()

    shown = client.get(url, {"override": "1"})
    client.post(url, fields_of(shown))
    room.refresh_from_db()
    assert room.max_members == 20


def test_old_settings_that_break_a_rule_are_refused(client, room):
    log_in(client)
    late = timezone.now().replace(microsecond=0)
    change(room, join_until=late)
    entry = change(room, join_until=late + timedelta(hours=5))
    change(room, join_from=late + timedelta(hours=1))

    html = page(client, reverse("revert-page", args=[entry.pk]))

    assert "Closes must be after Opens" in html
    assert not re.search(r"Revert\s*</button>", html)


def test_creation_cannot_be_reverted(client, room):
    log_in(client)
    (made,) = RoomChange.objects.filter(action=Action.CREATED)

    assert client.get(reverse("revert-page", args=[made.pk])).status_code == 404

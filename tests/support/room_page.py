"""The page of a room, filled in and sent as a browser does."""

from django.urls import reverse

from tests.support.html import fields_of


def page_of(room):
    return reverse("room-page", args=[room.pk])


def preview_of(room):
    return reverse("room-preview", args=[room.pk])


def save(client, room, **typed):
    """Open the room's page, fill in values and save; a field with None is not sent."""
    sent = {**fields_of(client.get(page_of(room))), **typed}
    return client.post(page_of(room), {k: v for k, v in sent.items() if v is not None})


def delete(client, room, version=None):
    sent = {"version": room.version if version is None else version}
    return client.post(reverse("delete-room", args=[room.pk]), sent)

"""The page of a room in the admin."""

from django.urls import reverse

from tests.support.html import fields_of


def page_of(room, page="change"):
    return reverse(f"admin:rooms_room_{page}", args=[room.pk])


def save(client, room, **typed):
    """Open the room's page, fill in values and save; a field with None is not sent."""
    sent = {**fields_of(client.get(page_of(room))), **typed}
    return client.post(page_of(room), {k: v for k, v in sent.items() if v is not None})


def errors_of(response):
    return response.context["adminform"].form.errors

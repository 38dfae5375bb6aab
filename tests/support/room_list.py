"""Bulk actions on the admin's room list: choose an action, preview and apply it."""

from django.utils.html import strip_tags

from tests.support.html import fields_of, messages_of

LIST = "/admin/rooms/room/"


def ask(client, action, rooms, query="", **more):
    """Choose `action` for `rooms` in the list, and press Go."""
    sent = {"action": action, "index": "0", "_selected_action": [room.pk for room in rooms]}
    return client.post(f"{LIST}{query}", {**sent, **more})


def press(client, page, rooms, query="", **typed):
    """Send the form of an action's page with the given input and button."""
    ids = [room.pk for room in rooms]
    return client.post(f"{LIST}{query}", {**fields_of(page), "_selected_action": ids, **typed})


def preview(client, action, rooms, typed=None, query="", **more):
    """Return the preview of `action`, after filling in its page if it has one."""
    page = ask(client, action, rooms, query, **more)
    return press(client, page, rooms, query, **typed) if typed else page


def run(client, action, rooms, typed=None, mode="valid"):
    """Preview and apply `action`; return the message without its link."""
    return line_after(
        client, press(client, preview(client, action, rooms, typed), rooms, mode=mode)
    )


def line_after(client, response):
    """Return the message on the next page; it is shown only once."""
    assert response.status_code == 302, response.content.decode()
    (line,) = messages_of(client.get(response.headers["Location"]))
    return strip_tags(line).removesuffix(" Undo…")

"""Bulk actions on the admin's room list: choose an action, preview and apply it."""

from rooms.models.job import Job
from tests.support.html import fields_of

LIST = "/admin/rooms/room/"


def ask(client, action, rooms, query="", **more):
    """Choose `action` for `rooms` in the list, press Go, and return the next page."""
    sent = {"action": action, "index": "0", "_selected_action": [room.pk for room in rooms]}
    return follow(client, client.post(f"{LIST}{query}", {**sent, **more}))


def preview(client, action, rooms, typed=None, query="", **more):
    """Return the preview of `action`, after filling in the bulk form if the action opens it."""
    page = ask(client, action, rooms, query, **more)
    return press_preview(client, page, **typed) if typed else page


def press_preview(client, page, **typed):
    """Send the bulk form of a page with the given input."""
    return follow(client, client.post("/bulk", {**fields_of(page), "direction": "later", **typed}))


def apply(client, mode="all"):
    """Apply the newest preview, and return its result page."""
    return follow(client, client.post(f"/jobs/{newest_job().pk}/apply", {"mode": mode}))


def run(client, action, rooms, typed=None, mode="valid"):
    """Preview and apply `action`; return the numbers of rooms by outcome of both steps."""
    preview(client, action, rooms, typed)
    apply(client, mode)
    job = newest_job()
    return {**job.preview_counts, **job.result_counts}


def undo(client, bulk_id, **more):
    return follow(client, client.post(f"/bulk/{bulk_id}/undo", more))


def newest_job():
    return Job.objects.latest("created_at")


def follow(client, response):
    return client.get(response.headers["Location"]) if response.status_code == 302 else response

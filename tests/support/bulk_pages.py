"""The pages of bulk changes, filled in and sent as a browser does."""

from datetime import UTC, datetime, timedelta

from rooms.models.job import Job
from tests.factories import RoomFactory
from tests.support.html import fields_of

BULK = "/bulk"
HOUR = timedelta(hours=1)
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)
EARLIER = {"direction": "earlier", "hours": "1"}


def window(hours=2, **values):
    return RoomFactory(join_from=NOON, join_until=NOON + hours * HOUR, **values)


def choose(client, rooms, **more):
    return client.post(BULK, {"ids": [str(room.pk) for room in rooms], **more})


def try_on(client, rooms, **typed):
    """Fill in the form for `rooms` as a browser does, and return the next page."""
    page = choose(client, rooms)
    sent = {**fields_of(page), "ids": [str(room.pk) for room in rooms], **typed}
    return follow(client, client.post(BULK, sent))


def follow(client, response):
    if response.status_code != 302:
        return response
    return client.get(response.headers["Location"])


def apply(client, mode="all"):
    return follow(client, client.post(f"/jobs/{job().pk}/apply", {"mode": mode}))


def job():
    return Job.objects.latest("created_at")


def parts(page):
    """Return {part: {room: [lines]}} as the page lists the rooms."""
    return {
        section.part: {
            one.name: [(line.label, line.before, line.after) for line in one.lines]
            for one in section.rows
        }
        for section in page.context["page"].sections()
    }


def whys(page):
    return [
        words
        for section in page.context["page"].sections()
        if section.part == "refused"
        for one in section.rows
        for _, words, _ in one.row.faults
    ]


def retried(client, rooms):
    """Shift only the start of the windows by two hours."""
    told = fields_of(choose(client, rooms))
    sent = {name: told[name] for name in ("zone", "preview", "days", "minutes", "move_join_from")}
    sent |= {"ids": [str(room.pk) for room in rooms], "direction": "later", "hours": "2"}
    return follow(client, client.post(BULK, sent))

"""The rows of the room list page."""

import re

from django.utils.html import strip_tags


def text(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def links(response):
    """Return the names of the rooms in the order of the rows."""
    return re.findall(r"data-row-link[^>]*>([^<]*)<", response.content.decode())


def cell(response, room, what):
    """Return the text of one live part of a row."""
    found = re.search(
        rf'<td id="{what}-{room.pk}"[^>]*>(.*?)</td>', response.content.decode(), re.S
    )
    return re.sub(r"\s+", " ", strip_tags(found[1])).strip()


def live(client, *rooms, **headers):
    ids = ",".join(str(room.pk) for room in rooms)
    return client.get(f"/rooms/live?ids={ids}", **headers)

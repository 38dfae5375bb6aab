"""The bulk API: its address, a selection by ids, and the outcomes of a response."""

from datetime import UTC, datetime

from tests.support.api import ROOMS_URL

BULK_URL = f"{ROOMS_URL}/bulk"
NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)


def ids(rooms):
    return {"ids": [str(room.pk) for room in rooms]}


def outcomes(response):
    return {result["id"]: result["outcome"] for result in response.json()["results"]}

"""The names of the rooms in each list of rooms, for a query."""

import csv
import io
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from rooms.pages.bulk.selection import RoomSelection
from tests.factories import StaffFactory
from tests.support.api import ROOMS_URL
from tests.support.csv_pages import export


class RoomLists:
    """Lists for a client of the API, and for a signed-in client of the pages."""

    def __init__(self, api, client):
        self._api, self._client = api, client

    def api_list(self, query):
        return {room["name"] for room in self._api.get(ROOMS_URL, query).json()["data"]}

    def api_list_with_sessions(self, query):
        return self.api_list({**query, "include_active_session": "true"})

    def api_list_of_another_size(self, query):
        return self.api_list({**query, "page_size": 7})

    def api_csv(self, query):
        response = self._api.get(ROOMS_URL, query, HTTP_ACCEPT="text/csv")
        return _names(b"".join(response.streaming_content).decode())

    def api_bulk(self, query):
        asked = {name: value in ("1", "true") for name, value in query.items()}
        body = {"select": {"filter": asked}, "change": {"set": {"max_members": 9}}}
        response = self._api.post(f"{ROOMS_URL}/bulk?dry_run=true", body)
        return {result["name"] for result in response.json()["results"]}

    def page(self, query):
        return {row.forecast.room.name for row in self._client.get("/", query).context["rows"]}

    def page_csv(self, query):
        return _names(export(self._client, f"?{urlencode(query)}"))

    def page_selection(self, query):
        sent = QueryDict(mutable=True)
        sent.update({"all": "1", "query": urlencode(query)})
        chosen = RoomSelection.read(sent, StaffFactory(is_superuser=True))
        return {room.name for room in chosen.rooms()}

    def admin_list(self, query):
        response = self._client.get(reverse("admin:rooms_room_changelist"), query)
        return {room.name for room in response.context["cl"].result_list}


LISTS = [name for name in vars(RoomLists) if not name.startswith("_")]


def _names(text):
    return {row["name"] for row in csv.DictReader(io.StringIO(text))}

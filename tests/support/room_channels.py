"""The channels of a room's display_name: functions that send a text and return the stored one."""

import csv
import io

from django.urls import reverse

from rooms.bulk.csv_cells import safe
from rooms.changes import change_room, create_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory
from tests.support import bulk_pages, csv_pages, room_admin, room_page
from tests.support.api import ROOMS_URL, room_url
from tests.support.html import fields_of


class RoomChannels:
    """The channels of a room's display_name: the API is `api`, the pages are `client`."""

    def __init__(self, api, client):
        self.api, self.client, self.project = api, client, api.project

    def room(self, **values):
        return RoomFactory(project=self.project, name="ward-5", **values)

    def api_change(self, text):
        room = self.room(display_name="Before")
        assert self.api.put(room_url(room), {"display_name": text}).status_code == 200
        return shown(room)

    def api_form(self, text):
        room = self.room(display_name="Before")
        assert self.api.put_form(room_url(room), {"display_name": text}).status_code == 200
        return shown(room)

    def api_create(self, text):
        response = self.api.post(ROOMS_URL, {"name": "ward-5", "display_name": text})
        return response.json()["display_name"]

    def api_create_by_form(self, text):
        response = self.api.post_form(ROOMS_URL, {"name": "ward-5", "display_name": text})
        return response.json()["display_name"]

    def api_dry_run(self, text):
        room = self.room(display_name="Before")
        response = self.api.put(f"{room_url(room)}?dry_run=true", {"display_name": text})
        return response.json()["display_name"]

    def bulk(self, text):
        room = self.room(display_name="Before")
        change = {"set": {"display_name": text}}
        self.api.post(f"{ROOMS_URL}/bulk", {"select": {"ids": [str(room.pk)]}, "change": change})
        return shown(room)

    def csv_change(self, text):
        room = self.room(display_name="Before")
        self._post_csv(f"{ROOMS_URL}/bulk", text)
        return shown(room)

    def csv_create(self, text):
        self._post_csv(f"{ROOMS_URL}/bulk?create=true", text)
        return shown(Room.objects.get())

    def _post_csv(self, url, text):
        response = self.api.generic("POST", url, as_csv(text), content_type="text/csv")
        assert response.json()["applied"]

    def import_page(self, text):
        room = self.room(display_name="Before")
        csv_pages.send(self.client, self.project, as_csv(text))
        bulk_pages.apply(self.client)
        return shown(room)

    def room_page(self, text):
        room = self.room(display_name="Before")
        room_page.save(self.client, room, display_name=text)
        return shown(room)

    def new_room_page(self, text):
        sent = fields_of(self.client.get("/rooms/new"))
        sent |= {"project": str(self.project.pk), "name": "ward-5", "display_name": text}
        assert self.client.post("/rooms/new", sent).status_code == 302
        return shown(Room.objects.get())

    def bulk_page(self, text):
        room = self.room(display_name="Before")
        typed = {"change_display_name": "on", "display_name": text}
        typed |= {"clear_display_name": "on"} if text == "" else {}
        bulk_pages.try_on(self.client, [room], **typed)
        bulk_pages.apply(self.client)
        return shown(room)

    def admin_change(self, text):
        room = self.room(display_name="Before")
        assert room_admin.save(self.client, room, display_name=text).status_code == 302
        return shown(room)

    def admin_add(self, text):
        path = reverse("admin:rooms_room_add")
        sent = {**fields_of(self.client.get(path)), "project": str(self.project.pk)}
        self.client.post(path, {**sent, "name": "ward-5", "display_name": text})
        return shown(Room.objects.get())

    def change_call(self, text):
        room = self.room(display_name="Before")
        change_room(Room.objects, room.pk, {"display_name": text}, by=TESTS)
        return shown(room)

    def create_call(self, text):
        values = {"name": "ward-5", "display_name": text}
        return create_room(self.project.pk, values, by=TESTS).room.display_name

    def model_save(self, text):
        room = self.room(display_name="Before")
        room.display_name = text
        room.save()
        return shown(room)

    def bulk_insert(self, text):
        rows = [Room(project=self.project, name="ward-5", display_name=text)]
        return shown(Room.objects.bulk_create(rows)[0])


def shown(room):
    return Room.objects.get(pk=room.pk).display_name


def as_csv(text):
    file = io.StringIO()
    csv.writer(file).writerows([("name", "display_name"), ("ward-5", text and safe(text))])
    return file.getvalue().encode()

"""The values of {room}, {token}, … in a row of bad inputs."""

import re

from uuid_utils.compat import uuid7

from rooms.changes import change_chunk, change_room
from rooms.models import Room
from rooms.models.history import RoomChange
from sessions.models import RoomSession
from tests.factories import (
    TESTS,
    MemberFactory,
    RoomFactory,
    SessionFactory,
    WebhookEndpointFactory,
)
from tests.support.bad_input_tokens import TokenValues
from tests.support.bad_inputs import drawn


class Filler(TokenValues):
    """Replaces {room}, {token}, … in a row, and creates only the objects that the row needs."""

    def __init__(self, server, room, token):
        self.server, self.stored_room, self.stored_token = server, room, token

    def fill(self, text):
        return re.sub(r"\{([a-z_]+)\}", self._value, text)

    def _value(self, match):
        make = getattr(self, f"fill_{match[1]}", None)
        return make() if make else match[0]

    def fill_room(self):
        return str(self.stored_room.pk)

    def fill_room_upper(self):
        return str(self.stored_room.pk).upper()

    def fill_room_hex(self):
        return self.stored_room.pk.hex

    def fill_room_name(self):
        return self.stored_room.name

    def fill_room_representation(self):
        return drawn(self.server, self.stored_room, self.stored_token).body.decode()

    def fill_etag(self):
        return f'"{self.stored_room.version}"'

    def fill_stale(self):
        stale = self.fill_etag()
        change(self.stored_room, max_members=299)
        return stale

    def fill_token(self):
        return self.stored_token.secret

    def fill_project(self):
        return str(self.stored_room.project_id)

    def fill_other_room(self):
        return str(RoomFactory().pk)

    def fill_creation(self):
        return str(RoomChange.objects.get(room_id=self.stored_room.pk, version=1).pk)

    def fill_change(self):
        change(self.stored_room, max_members=7)
        return self._last_change(self.stored_room)

    def fill_overtaken(self):
        overtaken = self.fill_change()
        change(self.stored_room, max_members=8)
        return overtaken

    def fill_other_change(self):
        return self._last_change(RoomFactory(project=self.stored_room.project))

    def fill_bulk(self):
        bulk_id, edits = uuid7(), {self.stored_room.pk: {"max_members": 7}}
        change_chunk(Room.objects, edits, by=TESTS, bulk_id=bulk_id)
        return str(bulk_id)

    def fill_webhook(self):
        return str(WebhookEndpointFactory(project=self.stored_room.project).pk)

    def fill_other_webhook(self):
        return str(WebhookEndpointFactory().pk)

    def _last_change(self, room):
        return str(RoomChange.objects.filter(room_id=room.pk).latest("version").pk)

    def fill_session(self):
        return str(self._session().pk)

    def fill_session_ended(self):
        return str(SessionFactory(room=self.stored_room, ended=True).pk)

    def fill_other_session(self):
        return str(SessionFactory().pk)

    def fill_member(self):
        return str(MemberFactory(session=self._session()).pk)

    def fill_other_member(self):
        return str(MemberFactory().pk)

    def _session(self):
        live = RoomSession.objects.filter(room=self.stored_room, end_time=None).first()
        return live or SessionFactory(room=self.stored_room)


def change(room, **values):
    room.version = change_room(Room.objects, room.pk, values, by=TESTS).room.version

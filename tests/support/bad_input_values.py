"""The values of {room}, {token}, … in a row of bad inputs."""

import base64
import json
import re
from datetime import timedelta

import jwt
from django.conf import settings
from django.utils import timezone
from uuid_utils.compat import uuid7

from access.models import Project
from rooms.changes import change_chunk, change_room
from rooms.models import Room
from rooms.models.history import RoomChange
from sessions.models import RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import (
    TESTS,
    MemberFactory,
    ProjectFactory,
    RoomFactory,
    SessionFactory,
    TokenFactory,
    WebhookEndpointFactory,
)
from tests.support.api import basic
from tests.support.bad_inputs import drawn


class Filler:
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

    def fill_basic(self):
        return basic(self.stored_room.project_id, self.stored_token.secret).split()[1]

    def fill_basic_wrong_project(self):
        return basic(ProjectFactory().pk, self.stored_token.secret).split()[1]

    def fill_basic_nul(self):
        return base64.b64encode(f"a\0b:{self.stored_token.secret}".encode()).decode()

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

    def fill_room_token(self):
        return issue(self._claims())

    def fill_room_token_tampered(self):
        header, payload, signature = self.fill_room_token().split(".")
        said = jwt.decode(f"{header}.{payload}.{signature}", options={"verify_signature": False})
        return f"{header}.{_part({**said, 'acr': False})}.{signature}"

    def fill_room_token_none(self):
        (key_id, _), *_ = settings.ROOM_TOKEN_KEYS.items()
        return f"{_part({'alg': 'none', 'typ': 'VRT', 'kid': key_id})}.{_part({'r': 'a'})}.c2ln"

    def fill_room_token_hs256(self):
        return self._signed(algorithm="HS256")

    def fill_room_token_expired(self):
        return self._signed(exp=1_000_000_000)

    def fill_room_token_future(self):
        return self._signed(iat=32_000_000_000)

    def fill_room_token_odd(self):
        return self._signed(ja="host")

    def fill_room_token_other_key(self):
        return self._signed(key="x" * 64)

    def fill_room_token_other_project(self):
        theirs = RoomFactory(name=self.stored_room.name)
        return issue(self._claims(project_id=theirs.project_id))

    def fill_room_token_closed(self):
        return issue(self._claims(join_until=timezone.now() - timedelta(hours=1)))

    def fill_room_token_nowhere(self):
        return issue(self._claims(room_name="nowhere", auto_create_room=False))

    def _claims(self, **said):
        room = self.stored_room
        return Claims(**{"project_id": room.project_id, "room_name": room.name, **said})

    def _signed(self, key=None, algorithm="HS512", **said):
        (key_id, ours), *_ = settings.ROOM_TOKEN_KEYS.items()
        payload = jwt.decode(self.fill_room_token(), options={"verify_signature": False})
        headers = {"typ": "VRT", "kid": key_id}
        return jwt.encode({**payload, **said}, key or ours, algorithm, headers=headers)

    def fill_token_other_project(self):
        return TokenFactory().secret

    def fill_token_expired(self):
        return self._token(expired=True)

    def fill_token_revoked(self):
        return self._token(revoked=True)

    def fill_token_disabled_owner(self):
        Project.objects.filter(pk=self.stored_room.project_id).update(is_active=False)
        return self.stored_token.secret

    def fill_token_readonly(self):
        return self._token(scopes=[])

    def fill_token_other_ip(self):
        return self._token(allowed_networks="192.0.2.0/24")

    def _token(self, **fields):
        return TokenFactory(project=self.stored_room.project, **fields).secret


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def change(room, **values):
    room.version = change_room(Room.objects, room.pk, values, by=TESTS).room.version

"""The API tokens and room tokens in a row of bad inputs: expired, forged, of others."""

import base64
import json
from datetime import timedelta

import jwt
from django.conf import settings
from django.utils import timezone

from access.models import Project
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import ProjectFactory, RoomFactory, TokenFactory
from tests.support.api import basic


class TokenValues:
    """Makes tokens for `stored_room`, with `stored_token` as the valid one."""

    def fill_basic(self):
        return basic(self.stored_room.project_id, self.stored_token.secret).split()[1]

    def fill_basic_wrong_project(self):
        return basic(ProjectFactory().pk, self.stored_token.secret).split()[1]

    def fill_basic_nul(self):
        return base64.b64encode(f"a\0b:{self.stored_token.secret}".encode()).decode()

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

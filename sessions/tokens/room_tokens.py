"""Room tokens, which admit a user to a room: signed, and never stored."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from uuid_utils.compat import uuid7

from access.models import Project
from access.values.timestamps import LATEST, from_epoch
from rooms.rules.join_policy import Overrides
from rooms.rules.json_values import serialized
from sessions.tokens.signatures import BadToken, signed, verified
from sessions.tokens.terms import OVERRIDABLE, TokenTerms

# Proxies and servers accept a header or an address of this size.
LONGEST_BYTES = 4096

_ALWAYS = {
    "u": "user_name",
    "ja": "join_as",
    "r": "room_name",
    "s": "permissions",
    "acr": "auto_create_room",
    "ma": "media_allowed",
    "erp": "enable_room_previews",
    "mta": "meta",
    "rmta": "room_meta",
}
_WHEN_GIVEN = {
    "jf": "join_from",
    "ju": "join_until",
    "rat": "remove_at",
    "rse": "remove_after_seconds_elapsed",
    # The reference has these fields, but documents no names for them in the token.
    "jam": "join_audio_muted",
    "jvm": "join_video_muted",
    "sav": "sync_audio_video",
    "rdn": "room_display_name",
    "erl": "end_room_session_on_leave",
}
# The time in a forged id may be of no year that Python knows.
_LAST_MILLISECOND = int(LATEST.timestamp() * 1000)
_TIMES = ("jf", "ju", "rat")
# The fields that can make a token too large.
_DOCUMENTS = ("meta", "room_meta", "permissions")


@dataclass(frozen=True)
class Claims:
    """The contents of a room token; a time that is None leaves it to the room."""

    project_id: UUID
    room_name: str
    user_name: str | None = None
    permissions: tuple[str, ...] = ()
    join_as: str = "member"
    media_allowed: str = "all"
    join_from: datetime | None = None
    join_until: datetime | None = None
    remove_at: datetime | None = None
    remove_after_seconds_elapsed: int | None = None
    join_audio_muted: bool = False
    join_video_muted: bool = False
    sync_audio_video: bool | None = None
    expires_in: int | None = None
    auto_create_room: bool = True
    enable_room_previews: bool = False
    room_display_name: str | None = None
    end_room_session_on_leave: bool = False
    meta: dict[str, Any] = field(default_factory=dict)
    room_meta: dict[str, Any] = field(default_factory=dict)
    id: UUID = field(default_factory=uuid7)

    @property
    def jti(self) -> str:
        return str(self.id)

    @property
    def issued_at(self) -> datetime:
        """The time of the request for the token, with which its id begins."""
        milliseconds = min(self.id.int >> 80, _LAST_MILLISECOND)
        return from_epoch(milliseconds / 1000)

    @property
    def room_values(self) -> dict[str, Any]:
        """The values of the room that the token creates, as create_room() takes them."""
        return {
            "name": self.room_name,
            "display_name": self.room_display_name,
            "enable_room_previews": self.enable_room_previews,
            "meta": self.room_meta,
        }

    @property
    def overrides(self) -> Overrides:
        """The times of the token, which replace those of its room."""
        return Overrides(**{name: getattr(self, name) for name in OVERRIDABLE})


def claims_of(project: Project, requested: Mapping[str, Any], *, strict: bool = False) -> Claims:
    """Return the claims that a body requests. Raises ValidationError with all errors."""
    terms = TokenTerms.read(requested, strict=strict, longest=project.longest_room_token)
    return _claims(project.pk, terms)


def issue(claims: Claims, now: datetime | None = None) -> str:
    """Return `claims` as a token, signed with the first of ROOM_TOKEN_KEYS.

    Raises ValidationError if the token has more than LONGEST_BYTES.
    """
    return signed(payload_of(claims, now))


def payload_of(claims: Claims, now: datetime | None = None) -> dict[str, Any]:
    """Return the JSON of a token that is issued now, unsigned. Raises ValidationError."""
    payload = _payload(claims, now or timezone.now())
    size = len(signed(payload))
    if size > LONGEST_BYTES:
        raise _too_large(claims, size)
    return payload


def read_token(
    text: str, project_id: UUID, at: datetime | None = None, longest: int | None = None
) -> Claims:
    """Return the claims of the token `text`.

    Raises BadToken unless it is signed for this project, and younger than `longest` seconds; the
    error of a token whose time is over has its claims. The join policy decides whether the bearer
    is admitted. `at` is a later time at which the token must be valid, too.
    """
    try:
        return _claims_in(verified(text, at, longest), project_id)
    except BadToken as wrong:
        if wrong.payload:
            with suppress(BadToken):
                wrong.claims = _claims_in(wrong.payload, project_id)
        raise


def _claims_in(payload: dict[str, Any], project_id: UUID) -> Claims:
    """Return the claims of a verified payload. Raises BadToken."""
    if payload["sub"] != str(project_id):
        raise BadToken(_("The room token belongs to another project."))
    try:
        terms = TokenTerms.read(_requested(payload))
        return _claims(project_id, terms, id=UUID(payload["jti"]))
    except (ValidationError, ValueError, TypeError, AttributeError, OverflowError):
        # Signed by another version of the server.
        raise BadToken(_("The room token has invalid contents.")) from None


def _payload(claims: Claims, now: datetime) -> dict[str, Any]:
    issued = int(now.timestamp())
    payload = {"iat": issued, "jti": claims.jti, "sub": str(claims.project_id)}
    if claims.expires_in is not None:
        payload["exp"] = issued + claims.expires_in
    for short, name in _ALWAYS.items():
        payload[short] = _as_claim(getattr(claims, name))
    for short, name in _WHEN_GIVEN.items():
        if getattr(claims, name) != getattr(Claims, name):
            payload[short] = _as_claim(getattr(claims, name))
    return payload


def _too_large(claims: Claims, size: int) -> ValidationError:
    """Return the error of a token of `size` bytes, at the field that takes most of them."""
    name = max(_DOCUMENTS, key=lambda name: len(serialized(getattr(claims, name))))
    message = (
        f"{name} is too long: the room token would have {size} bytes, "
        f"and it may have {LONGEST_BYTES}. Shorten {' or '.join(_DOCUMENTS)}."
    )
    return ValidationError({name: ValidationError(message, code="invalid_parameter")})


def _requested(payload: dict[str, Any]) -> dict[str, Any]:
    requested = {name: payload[short] for short, name in _ALWAYS.items() if short in payload}
    for short, name in _WHEN_GIVEN.items():
        if short in payload:
            value = payload[short]
            requested[name] = from_epoch(value) if short in _TIMES else value
    return requested


def _claims(project_id: UUID, terms: TokenTerms, **more: Any) -> Claims:
    names = (*_ALWAYS.values(), *_WHEN_GIVEN.values(), "expires_in")
    said = {name: getattr(terms, name) for name in names}
    said["permissions"] = tuple(said["permissions"])
    return Claims(project_id=project_id, **said, **more)


def _as_claim(value: Any) -> Any:
    return int(value.timestamp()) if isinstance(value, datetime) else value

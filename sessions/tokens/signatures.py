"""The signatures of room tokens, by the keys of ROOM_TOKEN_KEYS."""

import re
from datetime import datetime
from typing import Any

import jwt
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from rooms.rules.json_values import serialized

ALGORITHM, KIND = "HS512", "VRT"
# The clocks of two servers differ.
LEEWAY_SECONDS = 60
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")


class BadToken(Exception):
    """The room token is not valid; the message is a sentence with the reason, in English.

    `payload` has the contents of a token whose time is over, and `claims` what the project's token
    claims.
    """

    claims: Any = None

    def __init__(self, sentence: str, payload: dict[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.payload = payload


def signed(payload: dict[str, Any]) -> str:
    """Return `payload` as a token, signed with the first key."""
    key_id, key = next(iter(settings.ROOM_TOKEN_KEYS.items()))
    # PyJWT's encode() would escape characters beyond ASCII, with six bytes for each.
    text = serialized(payload).encode()
    return jwt.api_jws.encode(text, key, ALGORITHM, {"typ": KIND, "kid": key_id})


def verified(text: str, at: datetime | None = None, longest: int | None = None) -> dict[str, Any]:
    """Return the claims of a signed token that is valid now, and at the time `at`.

    Raises BadToken, also if the token is then older than `longest` seconds.
    """
    if not _COMPACT.match(text):
        raise BadToken(_("The room token is not a JSON Web Token."))
    try:
        header = jwt.get_unverified_header(text)
        key = settings.ROOM_TOKEN_KEYS.get(header.get("kid", ""))
        if key is None or header.get("typ") != KIND:
            raise BadToken(_("The room token is signed with an unknown key."))
        payload = jwt.decode(
            text,
            key,
            algorithms=[ALGORITHM],
            leeway=LEEWAY_SECONDS,
            # The leeway is for times in the future, so the end is compared below.
            options={"require": ["iat", "jti", "sub"], "verify_exp": False},
        )
        moment = (at or timezone.now()).timestamp()
        if "exp" in payload and int(payload["exp"]) <= moment:
            raise BadToken(_("The room token has expired."), payload)
        if longest is not None and moment - int(payload["iat"]) >= longest:
            raise BadToken(_("The room token is older than the project allows."), payload)
        return dict(payload)
    except jwt.ImmatureSignatureError:
        raise BadToken(
            _("The room token was issued in the future. Check the clocks of your servers.")
        ) from None
    except (jwt.PyJWTError, RecursionError, TypeError, ValueError, OverflowError):
        raise BadToken(_("The room token has an invalid signature.")) from None

"""Secrets and signatures according to Standard Webhooks 1.0 (standardwebhooks.com).

A secret is derived from SECRET_KEY, the endpoint and a generation number. No secret is stored, so
a copy of the database cannot sign anything (docs/adr/0008-webhooks.md).
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

PREFIX = "whsec_"


def derive_secret(endpoint_id: UUID, generation: int) -> str:
    """Return a secret of 32 bytes as text: whsec_ and base64."""
    derived = salted_hmac("greenroom.webhooks", f"{endpoint_id}.{generation}", algorithm="sha256")
    return PREFIX + base64.b64encode(derived.digest()).decode()


def signed_headers(
    message_id: UUID, body: bytes, secrets: Iterable[str], now: datetime
) -> dict[str, str]:
    """Return the headers with the id, the time and the signatures of a message."""
    sent_at = str(int(now.timestamp()))
    signed = b".".join((str(message_id).encode(), sent_at.encode(), body))
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": sent_at,
        "webhook-signature": " ".join(_signature(text, signed) for text in secrets),
    }


def _signature(text: str, signed: bytes) -> str:
    key = base64.b64decode(text.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

"""Digests of requests: the same key with another request is refused."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(request: Mapping[str, Any]) -> str:
    """Return the digest of a request; the order of keys and the whitespace do not count."""
    text = json.dumps(request, sort_keys=True, default=_as_text)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_text(value: Any) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else repr(value)

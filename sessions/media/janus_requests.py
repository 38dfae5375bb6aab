"""Requests to Janus' admin API, and to its VideoRoom plugin through it."""

import json
from typing import Any

import urllib3
from django.conf import settings
from django.utils.crypto import get_random_string, salted_hmac

from sessions.media.server import MediaServerError, MediaServerUnavailable
from sessions.models import RoomSession

PLUGIN = "janus.plugin.videoroom"
SECONDS = urllib3.Timeout(connect=2, read=5)


class JanusRefused(MediaServerError):
    """Janus rejected a request; `code` is its error code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"Janus: {reason} ({code})")
        self.code = code


class JanusRequests:
    """The connections to the Janus server in the settings."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(maxsize=settings.THREADS, timeout=SECONDS, retries=False)

    def send_room(
        self, session: RoomSession, request: str, unless: int | tuple[int, ...] = (), **fields: Any
    ) -> dict[str, Any] | None:
        """Send a request to the plugin; return None for an error code in `unless`."""
        secret = derived_secret("room", str(session.pk))
        body = {"request": request, "room": str(session.pk), "secret": secret, **fields}
        answer = self.send("message_plugin", plugin=PLUGIN, request=body) or {}
        return _checked(answer["response"], unless, "error_code", "error")

    def send(
        self, janus: str, unless: int | tuple[int, ...] = (), **fields: Any
    ) -> dict[str, Any] | None:
        """Send a request to the admin API; return None for an error code in `unless`."""
        message = {
            "janus": janus,
            "transaction": get_random_string(12),
            "admin_secret": settings.JANUS_ADMIN_SECRET,
            **fields,
        }
        answer = self._post(message)
        error = answer.get("error", {})
        return _checked({**answer, **error}, unless, "code", "reason")

    def _post(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            response = self._pool.request("POST", settings.JANUS_ADMIN_URL, json=message)
            answer = json.loads(response.data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise MediaServerUnavailable(f"Janus does not answer: {error}") from error
        if not isinstance(answer, dict):
            raise MediaServerUnavailable("The response is not from Janus' admin API.")
        return answer


def _checked(
    answer: dict[str, Any], unless: int | tuple[int, ...], code: str, reason: str
) -> dict[str, Any] | None:
    """Return `answer`, or None for an error code in `unless`; raise JanusRefused for others."""
    if code not in answer:
        return answer
    expected = unless if isinstance(unless, tuple) else (unless,)
    if answer[code] in expected:
        return None
    raise JanusRefused(answer[code], answer.get(reason, ""))


def derived_secret(purpose: str, name: str) -> str:
    """Return a secret that is derived from JANUS_ADMIN_KEY, so that it needs no row."""
    salt = f"greenroom.janus.{purpose}"
    key = settings.JANUS_ADMIN_KEY
    return salted_hmac(salt, name, secret=key, algorithm="sha256").hexdigest()

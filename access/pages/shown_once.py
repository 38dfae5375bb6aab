"""Show a new secret on the page after a POST, once.

The secret is encrypted with a one-time pad of its own length: the session in the database has the
result, a cookie of the browser has the pad. Neither of them reveals the secret. The first GET
removes the result from the session, so a reload or a copy of the cookie shows nothing.
"""

import secrets
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from access.http.cookies import cookie_name, read_cookie, set_cookie

NAME = "shown-once"
KEPT = timedelta(minutes=10)


def show_on_next_page(request: HttpRequest, response: HttpResponse, of: str, secret: str) -> None:
    """Let `take_secret` return `secret`; `of` names what it belongs to."""
    text = secret.encode()
    pad = secrets.token_bytes(len(text))
    request.session[NAME] = {"of": of, "result": _combined(text, pad).hex()}
    set_cookie(response, NAME, pad.hex(), KEPT, httponly=True)


def take_secret(request: HttpRequest, of: str) -> str:
    """Return the secret at the first call of the browser that sent the POST, and then ""."""
    kept = request.session.get(NAME)
    if not kept or kept["of"] != of:
        return ""
    del request.session[NAME]
    result, pad = bytes.fromhex(kept["result"]), _bytes_of(read_cookie(request, NAME))
    if len(pad) != len(result):
        return ""
    secret = _combined(result, pad)
    # Secrets are printable; another pad makes other bytes.
    return secret.decode() if secret.isascii() and secret.decode().isprintable() else ""


def secret_page(response: HttpResponse) -> HttpResponse:
    """Return the page of a secret: no cache keeps it, and the browser forgets the pad."""
    response.headers["Cache-Control"] = "no-store"
    response.delete_cookie(cookie_name(NAME))
    return response


def _combined(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _bytes_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""

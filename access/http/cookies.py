"""Cookies of this server: with HTTPS, browsers refuse those that another host has set."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse


def cookie_name(name: str) -> str:
    """Return `name` with the prefix of the session cookie: `__Host-` with HTTPS."""
    return f"{settings.COOKIE_PREFIX}{name}"


def read_cookie(request: HttpRequest, name: str) -> str:
    """Return the value of the cookie, or "" without it."""
    return request.COOKIES.get(cookie_name(name), "")


def set_cookie(
    response: HttpResponse, name: str, value: str, max_age: timedelta, **options: Any
) -> None:
    # `__Host-` needs the path `/`, which is the default, no domain, and `Secure`.
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=max_age,
        secure=settings.HTTPS,
        samesite="Lax",
        **options,
    )


class MessageCookie(CookieStorage):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cookie_name = cookie_name("messages")


class MessageStorage(FallbackStorage):
    """Django's default: messages in a cookie, and long ones in the session."""

    storage_classes = (MessageCookie, SessionStorage)

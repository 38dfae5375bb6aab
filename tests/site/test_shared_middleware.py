"""Test clients share their middleware (tests/support/middleware.py) until a setting changes."""

from django.test import Client

POLICY = "Content-Security-Policy"


def test_next_client_uses_the_changed_setting(db, settings):
    assert POLICY in Client().get("/sign-in").headers

    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "ResponseHeaders" not in name]

    assert POLICY not in Client().get("/sign-in").headers


def test_next_test_uses_the_original_setting(db):
    assert POLICY in Client().get("/sign-in").headers

"""Test clients share their middleware (tests/support/middleware.py) until a setting changes."""

from django.test import Client

POLICY = "Content-Security-Policy"


def test_a_changed_setting_is_seen_by_the_next_client(db, settings):
    assert POLICY in Client().get("/sign-in").headers

    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if POLICY.replace("-", "") not in name
    ]

    assert POLICY not in Client().get("/sign-in").headers


def test_the_next_test_has_it_back(db):
    assert POLICY in Client().get("/sign-in").headers

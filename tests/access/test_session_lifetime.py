"""Sessions of staff end twelve hours after the sign-in, and earlier without use."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from access.credentials.staff_sessions import SIGNED_IN_AT
from access.models import StaffSession
from tests.factories import StaffFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
PAGE = reverse("password")
HOURS, IDLE = timedelta(hours=12), timedelta(hours=2)
PASSWORD = "open sesame, please"


def is_signed_in(client):
    return client.get(PAGE).status_code == 200


def move_sign_in(client, before):
    """Move the sign-in of `client` into the past; the session is used at that time."""
    session = client.session
    session[SIGNED_IN_AT] = (timezone.now() - before).timestamp()
    session.save()


def end_of_session():
    return StaffSession.objects.get().expire_date


def test_session_without_use_ends_after_the_idle_time(client):
    log_in(client)
    now = timezone.now()

    assert abs(end_of_session() - now - IDLE) < timedelta(minutes=1)
    StaffSession.objects.update(expire_date=now)
    assert not is_signed_in(client)


def test_idle_time_is_a_setting(client, settings):
    settings.SESSION_IDLE_MINUTES = 5
    log_in(client)

    assert abs(end_of_session() - timezone.now() - timedelta(minutes=5)) < timedelta(minutes=1)


def test_use_moves_the_end(client):
    log_in(client)
    now = timezone.now()
    long_ago = {"used_at": now - timedelta(minutes=119), "expire_date": now + timedelta(minutes=1)}
    StaffSession.objects.update(**long_ago)

    assert is_signed_in(client)

    row = StaffSession.objects.get()
    assert row.used_at >= now
    assert row.expire_date >= now + IDLE


def test_use_is_saved_at_most_once_a_minute(client, django_assert_num_queries):
    log_in(client)
    used_at = timezone.now() - timedelta(seconds=50)
    StaffSession.objects.update(used_at=used_at)

    # The session with its user.
    with django_assert_num_queries(1):
        assert is_signed_in(client)

    assert StaffSession.objects.get().used_at == used_at


def test_use_and_changes_never_move_the_end_beyond_twelve_hours(client):
    log_in(client)
    move_sign_in(client, HOURS - timedelta(minutes=10))
    limit = timezone.now() + timedelta(minutes=10)

    for _ in range(3):
        StaffSession.objects.update(used_at=timezone.now() - timedelta(minutes=5))
        assert is_signed_in(client)
        session = client.session
        session["any"] = "value"
        session.save()
        assert end_of_session() <= limit

    move_sign_in(client, HOURS)
    assert not is_signed_in(client)


def test_password_change_does_not_begin_another_twelve_hours(client):
    person = StaffFactory()
    person.set_password(PASSWORD)
    person.save()
    client.force_login(person)
    move_sign_in(client, HOURS - timedelta(minutes=10))
    new = {"old_password": PASSWORD, "new_password1": "x" * 20, "new_password2": "x" * 20}

    assert client.post(PAGE, new).status_code == 302

    assert end_of_session() <= timezone.now() + timedelta(minutes=10)
    assert int(client.cookies["sessionid"]["max-age"]) <= 600


def test_sign_in_begins_another_twelve_hours_also_in_a_session(client):
    person = log_in(client)
    move_sign_in(client, HOURS - timedelta(minutes=10))

    client.force_login(person)

    assert end_of_session() > timezone.now() + timedelta(hours=1)


def test_sessions_of_the_former_table_do_not_count(client):
    log_in(client)
    row = StaffSession.objects.get()
    Session.objects.create(
        session_key=row.pk, session_data=row.session_data, expire_date=row.expire_date
    )
    row.delete()

    assert not is_signed_in(client)


def test_session_of_a_deleted_user_is_deleted(client):
    log_in(client).delete()

    assert not StaffSession.objects.exists()

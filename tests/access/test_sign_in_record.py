"""The record of sign-ins: superusers read it, and the worker deletes old rows."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from access.credentials import sign_ins
from access.credentials.pauses import FORGOTTEN_AFTER, prune_failures
from access.credentials.sign_ins import KEPT, prune_sign_ins
from access.models import FailureCount, SignInRecord
from sessions.worker.runner import DUTIES
from tests.factories import StaffFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:access_signinrecord_changelist")
FROM = {"address": "192.0.2.1", "network": "192.0.2.1"}


def record(username="ada", outcome="refused", **values):
    return SignInRecord.objects.create(username=username, outcome=outcome, **FROM, **values)


def page_of(row):
    return reverse("admin:access_signinrecord_change", args=[row.pk])


def test_superusers_read_the_record(client):
    log_in(client)
    row = record("<b>ada</b>")

    shown = client.get(LIST, {"q": "<b>ada</b>"}).content.decode()

    assert "&lt;b&gt;ada&lt;/b&gt;" in shown
    assert "192.0.2.1" in shown
    assert client.get(page_of(row)).status_code == 200


def test_superusers_do_not_change_the_record(client):
    log_in(client)
    row = record()
    delete = reverse("admin:access_signinrecord_delete", args=[row.pk])
    urls = page_of(row), delete, reverse("admin:access_signinrecord_add")

    sent = {"username": "eve", "post": "yes"}
    assert [client.post(url, sent).status_code for url in urls] == [403] * 3
    assert SignInRecord.objects.get().username == "ada"


def test_other_staff_with_every_permission_do_not_read_it(client):
    person = StaffFactory(is_superuser=False)
    person.user_permissions.set(Permission.objects.all())
    client.force_login(person)
    row = record()

    assert client.get(LIST).status_code == 403
    assert client.get(page_of(row)).status_code == 403
    assert b"signinrecord" not in client.get(reverse("admin:index")).content


def test_record_outlives_its_user(client):
    user = StaffFactory()
    record(outcome="signed_in", user=user)

    user.delete()

    assert SignInRecord.objects.get().user is None


def test_old_records_are_deleted():
    record("old", at=timezone.now() - KEPT - timedelta(seconds=1))
    record("new", at=timezone.now() - KEPT + timedelta(minutes=1))

    assert prune_sign_ins() == 1
    assert [row.username for row in SignInRecord.objects.all()] == ["new"]


def test_only_the_newest_refused_records_are_kept(monkeypatch):
    monkeypatch.setattr(sign_ins, "MOST_REFUSED", 3)
    record("home", outcome="signed_in")
    for number in range(5):
        record(str(number))

    assert prune_sign_ins() == 2
    assert [row.username for row in SignInRecord.objects.order_by("id")] == ["home", "2", "3", "4"]


def test_failures_that_no_longer_count_are_deleted():
    over = time.time() - FORGOTTEN_AFTER
    FailureCount.objects.create(key="old", failures=9, paused_until=over - 1)
    FailureCount.objects.create(key="new", failures=9, paused_until=over + 60)

    assert prune_failures() == 1
    assert FailureCount.objects.get().key == "new"


def test_worker_deletes_them():
    record("old", at=timezone.now() - KEPT - timedelta(seconds=1))
    [duty] = [duty for duty in DUTIES if duty.name == "sign-ins and idempotent calls deleted"]

    duty.do(timezone.now())

    assert not SignInRecord.objects.exists()

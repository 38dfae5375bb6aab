"""Refused attempts: recorded with their reason, bounded, and shown to staff."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from access.models import StaffLimit
from access.values.timestamps import whole_second
from rooms.models.forecast import forecast
from sessions.lifecycle import prune_refusals, record_refusal
from sessions.models import KEPT_FOR, KEPT_IN_FULL, Refusal, RefusalCount
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import MemberFactory, ProjectFactory, RoomFactory, SessionFactory
from tests.support.admissions import refused
from tests.support.html import log_in
from tests.support.room_list_page import text
from tests.support.statements import in_short

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def counts():
    rows = RefusalCount.objects.order_by("reason", "hour")
    return [(row.reason, row.number) for row in rows]


def claims_of(room, name="Ada"):
    return Claims(room.project_id, room.name, user_name=name)


def test_each_refused_attempt_is_recorded_once(project, token_for, show):
    now = whole_second(timezone.now())
    early = RoomFactory(project=project, join_from=now + HOUR)
    full = SessionFactory(room=RoomFactory(project=project, max_members=1))
    MemberFactory(session=full)
    token = token_for(early, user_name="Ada")

    for _ in range(2):
        refused(show(token), "not_yet_open", show(token, "?dry_run=true").json()["retry_at"])
    refused(show(token_for(full.room), HTTP_IDEMPOTENCY_KEY="k"), "full")
    refused(show(token_for("nowhere", auto_create_room=False)), "no_such_room")
    show("x")
    show(token_for(RoomFactory()))

    assert counts() == [("full", 1), ("not_yet_open", 2)]
    assert list(Refusal.objects.order_by("pk").values_list("name", "reason")) == [
        ("Ada", "not_yet_open"),
        ("Ada", "not_yet_open"),
        (None, "full"),
    ]
    assert forecast(early, now).reason == "not_yet_open"


def test_expired_token_is_recorded_unless_it_is_of_another_project(api, show, room):
    def expired(project_id):
        claims = Claims(project_id, room.name, user_name="Ada", expires_in=60)
        return issue(claims, timezone.now() - HOUR)

    for project_id in (room.project_id, ProjectFactory().pk):
        assert "has expired" in refused(show(expired(project_id)), "bad_token")

    assert counts() == [("bad_token", 1)]


def test_room_that_a_refused_attempt_would_make_is_not_recorded(token_for, show, soon):
    refused(show(token_for("new", join_from=soon)), "not_yet_open", show_time(soon))

    assert counts() == []


def show_time(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def test_last_attempts_are_kept_in_full_and_all_are_counted(room):
    now = timezone.now()
    for number in range(45):
        reason = "full" if number % 2 else "blocked"
        record_refusal(
            claims_of(room, f"guest {number}"), reason, now + number * timedelta(hours=2)
        )

    kept = Refusal.objects.order_by("number")
    assert [one.name for one in kept] == [f"guest {n}" for n in range(45 - KEPT_IN_FULL, 45)]
    assert sum(number for _, number in counts()) == 45


def test_old_attempts_are_pruned(room):
    now = timezone.now()
    record_refusal(claims_of(room), "full", now - KEPT_FOR - HOUR)
    record_refusal(claims_of(room), "full", now - KEPT_FOR + HOUR)

    assert prune_refusals(now) == 2
    assert (Refusal.objects.count(), RefusalCount.objects.count()) == (1, 1)


def test_attempt_that_cannot_be_recorded_is_refused_as_before(project, token_for, show):
    room = RoomFactory(project=project, closed=True)

    def without_writes(execute, sql, *args):
        if sql.lstrip().startswith("INSERT"):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, *args)

    with connection.execute_wrapper(without_writes):
        refused(show(token_for(room)), "closed")
    assert counts() == []


def test_attempts_are_shown_on_the_room_the_session_and_now(client, room):
    log_in(client)
    now = timezone.now()
    session = SessionFactory(room=room, start_time=now - HOUR)
    for name in ("Ada", "Grace", "<b>"):
        record_refusal(claims_of(room, name), "not_yet_open", now - timedelta(seconds=5))
    record_refusal(claims_of(room), "full", now - timedelta(days=2))
    record_refusal(claims_of(RoomFactory()), "blocked", now - timedelta(days=6))

    for url in (f"/rooms/{room.pk}", f"/sessions/{session.pk}", "/now"):
        page = text(client.get(url))
        assert "3 refused since " in page
        assert ": not yet open" in page
        assert ": full" not in page
    assert "Grace" in text(client.get(f"/rooms/{room.pk}"))
    limited = log_in(client, "rooms.view_room")
    page = text(client.get(f"/rooms/{room.pk}"))
    assert "3 refused since " in page
    assert "Grace" not in page
    StaffLimit.objects.create(user=limited).projects.set([ProjectFactory()])
    assert "refused since" not in text(client.get("/now"))


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_time_are_all_counted(room):
    together, claims = threading.Barrier(4), claims_of(room)

    def refuse(thread):
        together.wait()
        for number in range(10):
            record_refusal(claims, ("full", "blocked")[(thread + number) % 2])
        connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(refuse, range(4)))

    assert sum(number for _, number in counts()) == 40
    kept = Refusal.objects.order_by("number").values_list("number", flat=True)
    assert list(kept) == list(range(40 - KEPT_IN_FULL, 40))


@pytest.mark.django_db(transaction=True)
def test_record_costs_two_statements(room, django_assert_num_queries):
    with django_assert_num_queries(4) as found:
        record_refusal(claims_of(room), "full")

    assert [in_short(query["sql"]) for query in found] == [
        "BEGIN",
        "INSERT room_sessions_refusalcount",
        "INSERT room_sessions_refusal",
        "COMMIT",
    ]

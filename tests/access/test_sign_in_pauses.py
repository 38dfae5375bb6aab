"""Wrong passwords are counted per account and network, and pause the sign-in."""

import threading
import time
from itertools import chain, count

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.test import Client
from django.urls import get_resolver, reverse

from access.credentials.hashing import hashing_paths, hashing_slot
from access.credentials.sign_ins import PERSON, SHARED_ADDRESS
from access.models import FailureCount, SignInRecord
from access.staff.views import ChangePassword, SignIn
from tests.factories import StaffFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.page_catalogue import pages

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "open sesame, please", "wrong"
HOME, AWAY = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def person():
    user = StaffFactory()
    user.set_password(RIGHT)
    user.save()
    return user


@pytest.fixture
def hashed(monkeypatch):
    """Return the passwords that were hashed, in order."""
    passwords, encode = [], PBKDF2PasswordHasher.encode

    def encoded(hasher, password, *arguments, **named):
        passwords.append(password)
        return encode(hasher, password, *arguments, **named)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", encoded)
    return passwords


def sign_in(username, password=WRONG, address=AWAY, path="/sign-in"):
    sent = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address).post(path, sent)


def fail(username, times, address=AWAY):
    """Fail `times` times; each pause is ended at once."""
    for _ in range(times):
        assert sign_in(username, address=address).status_code == 200
        end_pauses()


def end_pauses():
    FailureCount.objects.update(paused_until=time.time() - 1)


def is_signed_in(response):
    return response.status_code == 302 and "sessionid" in response.cookies


@pytest.mark.parametrize("path", ["/sign-in", "/admin/login/"])
@pytest.mark.parametrize("exists", [True, False])
def test_wrong_passwords_pause_the_account_without_another_hash(person, hashed, path, exists):
    name = person.username if exists else "nobody"
    fail(name, PERSON.free)
    assert sign_in(name, path=path).status_code == 200
    hashed.clear()

    answers = [sign_in(name, password, path=path) for password in ("wrong", RIGHT)]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
    assert b"Your password was not checked. Try again in 1 second." in answers[0].content
    assert hashed == []


def test_pauses_double_up_to_17_minutes(person):
    fail(person.username, PERSON.free)
    waits = []
    for number in range(12):
        assert sign_in(person.username, address=f"192.0.2.{number}").status_code == 200
        waits.append(int(sign_in(person.username).headers["Retry-After"]))
        end_pauses()

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024]


def test_right_password_after_the_pause_ends_the_count(person):
    fail(person.username, PERSON.free + 3)

    assert is_signed_in(sign_in(person.username, RIGHT))
    assert SignInRecord.objects.filter(user=person, outcome="signed_in").count() == 1
    fail(person.username, PERSON.free, HOME)
    assert is_signed_in(sign_in(person.username, RIGHT, HOME))


def test_failures_are_forgotten_an_hour_after_the_pause(person):
    fail(person.username, PERSON.free + 5)
    FailureCount.objects.update(paused_until=time.time() - 3601)

    fail(person.username, 1)

    assert set(FailureCount.objects.values_list("failures", flat=True)) == {1}


def test_address_is_paused_for_all_accounts(person, hashed):
    for number in range(SHARED_ADDRESS.free + 1):
        sign_in(f"user{number}")
    hashed.clear()

    assert sign_in(person.username, RIGHT).status_code == 429
    assert hashed == []
    assert is_signed_in(sign_in(person.username, RIGHT, HOME))


def test_success_does_not_free_the_address_for_further_guesses(person):
    for number in range(SHARED_ADDRESS.free - 1):
        sign_in(f"user{number}")
    assert is_signed_in(sign_in(person.username, RIGHT))

    assert [sign_in(f"other{number}").status_code for number in range(3)] == [200, 200, 429]


def test_addresses_of_one_ipv6_network_count_together(person):
    for number in range(SHARED_ADDRESS.free + 1):
        sign_in(f"user{number}", address=f"2001:db8:1:2::{number:x}")

    assert sign_in(person.username, RIGHT, "2001:db8:1:2:ffff::1").status_code == 429
    assert is_signed_in(sign_in(person.username, RIGHT, "2001:db8:1:3::1"))


def test_stranger_cannot_lock_a_user_out_of_a_known_address(person):
    assert is_signed_in(sign_in(person.username, RIGHT, HOME))
    fail(person.username, PERSON.free)
    assert sign_in(person.username).status_code == 200
    assert sign_in(person.username, RIGHT).status_code == 429

    assert is_signed_in(sign_in(person.username, RIGHT, HOME))


def test_strangers_behind_the_same_address_do_not_pause_a_known_user(person):
    assert is_signed_in(sign_in(person.username, RIGHT, HOME))
    for number in range(SHARED_ADDRESS.free + 1):
        sign_in(f"user{number}", address=HOME)
    assert sign_in("another", address=HOME).status_code == 429

    assert is_signed_in(sign_in(person.username, RIGHT, HOME))


def test_known_address_has_pauses_too(person, hashed):
    assert is_signed_in(sign_in(person.username, RIGHT, HOME))
    fail(person.username, PERSON.free, HOME)
    assert sign_in(person.username, address=HOME).status_code == 200
    hashed.clear()

    assert sign_in(person.username, RIGHT, HOME).status_code == 429
    assert hashed == []


def test_sessions_of_the_paused_user_go_on(client, person):
    client.force_login(person)
    fail(person.username, PERSON.free + 6)

    assert client.get("/", REMOTE_ADDR=AWAY).status_code == 200


def test_trusted_proxy_names_the_address(person, settings):
    settings.PROXIES = 1

    sent = {"username": person.username, "password": RIGHT}
    Client(REMOTE_ADDR="10.0.0.1").post("/sign-in", sent, HTTP_X_FORWARDED_FOR=f"{AWAY}, {HOME}")

    assert SignInRecord.objects.get().address == HOME


def test_header_of_a_client_does_not_change_its_address(person):
    sent = {"username": person.username, "password": RIGHT}
    Client(REMOTE_ADDR=HOME).post("/sign-in", sent, HTTP_X_FORWARDED_FOR=AWAY)

    assert SignInRecord.objects.get().address == HOME


def test_record_and_log_have_every_checked_password(person, caplog):
    caplog.set_level("INFO", "access.credentials")
    sign_in(person.username, RIGHT, HOME)
    sign_in("no\x1b[2J\u2028body", address="2001:db8::1")

    rows = SignInRecord.objects.order_by("id").values_list("username", "user", "address", "outcome")
    assert list(rows) == [
        (person.username, person.pk, HOME, "signed_in"),
        ("no\x1b[2J\u2028body", None, "2001:db8::1", "refused"),
    ]
    assert [record.getMessage() for record in caplog.records] == [
        f"Sign-in of '{person.username}' from '{HOME}': signed in",
        "Sign-in of 'no\\x1b[2J\\u2028body' from '2001:db8::1': refused",
    ]


def test_concurrent_wrong_passwords_do_not_exceed_the_limit(transactional_db, person, hashed):
    in_turn = count()

    def attempt(_):
        return [sign_in(person.username, f"wrong{next(in_turn)}").status_code for _ in range(4)]

    statuses = list(chain.from_iterable(all_at_once(attempt, 8)))

    assert set(statuses) <= {200, 429, 503}
    assert len(hashed) == statuses.count(200) == PERSON.free + 1


def test_third_password_is_answered_503_without_a_wait(person, hashed):
    with hashing_slot({}) as first, hashing_slot({}) as second:
        answer = sign_in(person.username, RIGHT)

    assert (first, second) == (True, True)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert hashed == []
    assert not FailureCount.objects.exists()
    assert is_signed_in(sign_in(person.username, RIGHT))


def test_two_threads_hash_passwords(person, monkeypatch):
    at_work, most = [], []
    encode = PBKDF2PasswordHasher.encode

    def encoded(*arguments):
        at_work.append(threading.current_thread().name)
        most.append(len(at_work))
        found = encode(*arguments)
        at_work.pop()
        return found

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", encoded)
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 20_000)
    all_at_once(lambda _: person.set_password(RIGHT), 8)

    assert max(most) == 2


def test_every_page_with_a_password_has_the_limits():
    views = [get_resolver().resolve(f"/{path}").func for _, path, rest in pages() if not rest]
    found = [getattr(view, "view_class", None) for view in views]

    checking = {one for one in found if one and issubclass(one, LoginView | PasswordChangeView)}
    assert checking == {SignIn, ChangePassword}
    assert hashing_paths() == {"/sign-in", "/password", "/admin/login/", "/admin/password_change/"}


def test_wrong_old_passwords_pause_the_change_of_the_password(client, person, hashed):
    client.force_login(person)
    new = {"new_password1": "another one, longer", "new_password2": "another one, longer"}
    for _ in range(PERSON.free + 1):
        assert client.post(reverse("password"), {"old_password": "no", **new}).status_code == 200
    hashed.clear()

    answer = client.post(reverse("password"), {"old_password": RIGHT, **new})

    assert answer.status_code == 429
    assert hashed == []
    person.refresh_from_db()
    assert person.check_password(RIGHT)
    assert client.get("/").status_code == 200

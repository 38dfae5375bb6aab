"""The page of the user's own sign-ins, and the ways to end them."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.credentials.browsers import browser_of
from access.models import StaffSession
from tests.factories import StaffFactory
from tests.support.html import fields_of, markup_of, messages_of

pytestmark = pytest.mark.django_db
PAGE, END = reverse("own-sign-ins"), reverse("end-sign-ins")
PEOPLE = reverse("admin:auth_user_changelist")
PASSWORD = "open sesame, please"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit Version/18 Safari/604"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 (KHTML, like Gecko) Chrome/142 Safari/537"


@pytest.fixture
def person():
    user = StaffFactory()
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(person, agent=FIREFOX, address="192.0.2.7", **options):
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address, **options)
    sent = {"username": person.username, "password": PASSWORD}
    assert client.post(reverse("sign-in"), sent).status_code == 302
    return client


def is_signed_in(client):
    return client.get(PAGE).status_code == 200


def handle_of(client):
    return StaffSession.objects.get(pk=client.session.session_key).handle


def test_page_lists_the_browsers_of_the_user(person):
    here, there = signed_in(person), signed_in(person, IPHONE, "2001:db8::1")
    signed_in(StaffFactory.create(password=person.password), CHROME, "198.51.100.9")

    page = markup_of(here.get(PAGE))

    assert page.index("Firefox, Linux") < page.index("Safari, iOS")
    assert page.count("this browser") == 1
    assert "192.0.2.7" in page
    assert "2001:db8::1" in page
    assert "Chrome" not in page
    assert "198.51.100.9" not in page
    assert is_signed_in(there)


def test_ended_sign_ins_are_not_listed(person):
    here = signed_in(person)
    idle = signed_in(person, IPHONE).session.session_key
    StaffSession.objects.filter(pk=idle).update(expire_date=timezone.now())

    assert "Safari" not in markup_of(here.get(PAGE))


def test_user_ends_one_sign_in(person):
    here, there, third = (signed_in(person) for _ in range(3))

    answer = here.post(END, {"end": handle_of(there)})

    assert answer.headers["Location"] == PAGE
    assert messages_of(answer) == ["Signed out there."]
    assert [is_signed_in(client) for client in (here, there, third)] == [True, False, True]


def test_user_ends_the_sign_in_of_this_browser(person):
    here, there = signed_in(person), signed_in(person)

    answer = here.post(END, {"end": handle_of(here)})

    assert answer.headers["Location"] == reverse("sign-in")
    assert [is_signed_in(client) for client in (here, there)] == [False, True]


def test_user_ends_the_others(person):
    here, there = signed_in(person), signed_in(person)
    other = signed_in(StaffFactory.create(password=person.password))

    answer = here.post(END, {"end": "others"})

    assert messages_of(answer) == ["1 other sign-in ended."]
    assert [is_signed_in(client) for client in (here, there, other)] == [True, False, True]


def test_user_signs_out_everywhere(person):
    here, there = signed_in(person), signed_in(person)
    other = signed_in(StaffFactory.create(password=person.password))

    answer = here.post(END, {"end": "all"}, follow=True)

    assert "You are signed out everywhere." in markup_of(answer)
    assert [is_signed_in(client) for client in (here, there, other)] == [False, False, True]


@pytest.mark.parametrize("end", [None, "", "x", "0" * 32, "é\0", "other's", "key"])
def test_nothing_ends_without_the_name_of_an_own_sign_in(person, end):
    here, there = signed_in(person), signed_in(person)
    other = signed_in(StaffFactory.create(password=person.password))
    sent = {"other's": handle_of(other), "key": there.session.session_key}.get(end, end)

    answer = here.post(END, {} if end is None else {"end": sent})

    assert messages_of(answer) == ["That sign-in has already ended."]
    assert all(map(is_signed_in, (here, there, other)))


def test_password_change_ends_the_others(person):
    here, there = signed_in(person), signed_in(person, IPHONE)
    new = {"old_password": PASSWORD, "new_password1": "x" * 20, "new_password2": "x" * 20}

    here.post(reverse("password"), new)

    assert "Safari" not in markup_of(here.get(PAGE))
    assert [is_signed_in(client) for client in (here, there)] == [True, False]


def test_only_a_form_of_the_page_ends_sign_ins(person):
    here = signed_in(person)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = here.cookies

    assert here.get(END).status_code == 405
    assert strict.post(END, {"end": "all"}).status_code == 403
    assert is_signed_in(here)
    token = fields_of(strict.get(PAGE))["csrfmiddlewaretoken"]
    assert strict.post(END, {"end": "all", "csrfmiddlewaretoken": token}).status_code == 302
    assert not is_signed_in(here)


def test_strangers_and_users_without_staff_rights_see_nothing(person):
    client = Client()
    assert client.get(PAGE).headers["Location"].startswith(reverse("sign-in"))
    person.is_staff = False
    person.save()
    client.force_login(person)

    assert client.get(PAGE).status_code == 403
    assert client.post(END, {"end": "all"}).status_code == 403
    assert StaffSession.objects.filter(user=person).exists()


def test_keys_of_sessions_appear_on_no_page_and_in_no_log(person, caplog):
    caplog.set_level(logging.DEBUG)
    admin = Client()
    admin.force_login(StaffFactory())
    here, there, third = (signed_in(person) for _ in range(3))
    keys = [client.session.session_key for client in (here, there, third)]

    texts = [
        markup_of(here.get(PAGE)),
        # Django admin lists the rows that go with a user.
        markup_of(admin.get(reverse("admin:auth_user_delete", args=[person.pk]))),
    ]
    here.post(END, {"end": handle_of(third)})
    here.post(END, {"end": "all"})

    assert "Sign-in of" in texts[1]
    assert f"1 sessions of '{person.username}' ended" not in caplog.text
    assert f"2 sessions of '{person.username}' ended" in caplog.text
    assert not any(key in text for key in keys for text in (*texts, caplog.text))


def test_superuser_signs_a_user_out(person):
    admin, here, other = Client(), signed_in(person), signed_in(person)
    admin.force_login(StaffFactory())

    answer = admin.post(PEOPLE, {"action": "sign_out", "_selected_action": [person.pk]})

    assert messages_of(answer) == ["2 sign-ins ended."]
    assert [is_signed_in(client) for client in (here, other)] == [False, False]
    assert admin.get(PEOPLE).status_code == 200


def test_other_staff_sign_no_user_out(person):
    staff, here = Client(), signed_in(person)
    user = StaffFactory(is_superuser=False)
    user.user_permissions.set(Permission.objects.all())
    staff.force_login(user)

    staff.post(PEOPLE, {"action": "sign_out", "_selected_action": [person.pk]})

    assert is_signed_in(here)
    assert b"sign_out" not in staff.get(PEOPLE).content


def test_selection_with_an_invalid_id_is_refused(person):
    admin = Client()
    admin.force_login(StaffFactory())

    answer = admin.post(PEOPLE, {"action": "sign_out", "_selected_action": ["abc"]})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Linux"),
        (IPHONE, "Safari, iOS"),
        (CHROME, "Chrome, Windows"),
        (f"{CHROME} Edg/142.0", "Edge, Windows"),
        (CHROME.replace("Windows NT 10.0", "Linux; Android 15"), "Chrome, Android"),
        (CHROME.replace("Windows NT 10.0", "Macintosh; Intel Mac OS X 10_15"), "Chrome, macOS"),
        ("curl/8.5.0", "curl"),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_browser_is_shown_in_a_few_words(agent, words):
    assert browser_of(agent) == words


def test_unknown_programs_are_listed_without_their_text(person):
    here = signed_in(person, "<b>Curious</b>")

    page = markup_of(here.get(PAGE))

    assert "Unknown program" in page
    assert "Curious" not in page


def test_time_of_the_sign_in_is_shown(person):
    here = signed_in(person)
    used_at = timezone.now() - timedelta(seconds=30)
    StaffSession.objects.update(used_at=used_at)

    page = markup_of(here.get(PAGE))

    assert f"{timezone.now():%Y-%m-%d}" in page
    assert f'datetime="{used_at:%Y-%m-%dT%H:%M:%S}Z"' in page

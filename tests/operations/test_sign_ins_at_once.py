"""Many anonymous sign-ins at once on the wire: the API goes on."""

import threading
from collections import Counter

import requests

from access.credentials.sign_ins import PERSON
from access.models import SignInRecord
from tests.factories import RoomFactory, StaffFactory, TokenFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import basic, room_url

AT_ONCE = 32


def sign_in(greenroom, csrf, username):
    sent = {"csrfmiddlewaretoken": csrf, "username": username, "password": "wrong"}
    cookies = {"csrftoken": csrf}
    url = greenroom.url + "/sign-in"
    return requests.post(url, sent, cookies=cookies, timeout=60, allow_redirects=False)


def test_32_sign_ins_at_once_are_refused_without_a_wait(greenroom):
    StaffFactory(username="staff")
    room = RoomFactory()
    token = TokenFactory(project=room.project)
    sent = {"Authorization": basic(token.project_id, token.secret)}
    csrf = requests.get(greenroom.url + "/sign-in", timeout=60).cookies["csrftoken"]
    over, changed = threading.Event(), []

    def change():
        while not over.is_set():
            url, body = greenroom.url + room_url(room), {"max_members": 2 + len(changed) % 90}
            changed.append(requests.put(url, json=body, headers=sent, timeout=60).status_code)

    caller = threading.Thread(target=change)
    caller.start()
    try:
        answers = all_at_once(lambda _: sign_in(greenroom, csrf, "staff"), AT_ONCE)
    finally:
        over.set()
        caller.join()

    statuses = Counter(answer.status_code for answer in answers)
    assert statuses.keys() <= {200, 429, 503}
    assert 1 <= statuses[200] == SignInRecord.objects.count() <= PERSON.free + 1
    assert all(int(a.headers["Retry-After"]) >= 1 for a in answers if a.status_code != 200)
    assert all(b"Try again in" in a.content for a in answers if a.status_code != 200)
    assert set(changed) == {200}

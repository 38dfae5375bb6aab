"""Concurrent admissions over real sockets stop at max_members."""

import itertools

import pytest
import requests

from sessions.models import Member, RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import RoomFactory, TokenFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import ADMISSIONS_URL, basic


@pytest.fixture
def show(greenroom, fronts):
    """Send a room token to the servers in turn, each time with a new connection."""
    token = TokenFactory()
    headers = {"Authorization": basic(token.project_id, token.secret)}

    in_turn = itertools.cycle(fronts)

    def show(room_token, **more):
        url, body = next(in_turn) + ADMISSIONS_URL, {"token": room_token, **more}
        return requests.post(url, json=body, headers=headers, timeout=60)

    show.project = token.project
    return show


def token_of(project, name, **said):
    return issue(Claims(project.pk, name, **said))


def test_only_three_of_twenty_are_admitted_to_a_room_for_three(show):
    room = RoomFactory(project=show.project, max_members=3)
    tokens = [token_of(show.project, room.name) for _ in range(20)]

    answers = all_at_once(lambda number: show(tokens[number]), 20)

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [403] * 17
    assert {one.json()["reason"] for one in answers if one.status_code == 403} == {"full"}
    assert Member.objects.filter(leave_time=None).count() == 3
    assert RoomSession.objects.count() == 1


def test_concurrent_creators_of_a_room_join_one_session(show):
    tokens = [token_of(show.project, "lobby") for _ in range(12)]

    answers = all_at_once(lambda number: show(tokens[number]), 12)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["session"]["id"] for answer in answers}) == 1


def test_twelve_calls_with_one_token_are_one_member(show):
    token = token_of(show.project, "lobby")

    answers = all_at_once(lambda _: show(token), 12)

    assert len({answer.json()["member"]["id"] for answer in answers}) == 1
    assert Member.objects.count() == 1

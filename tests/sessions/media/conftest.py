"""A session with a member, and a room to admit members to."""

from collections import defaultdict

import pytest
from uuid_utils.compat import uuid7

from sessions.lifecycle import admit
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, MemberFactory, RoomFactory, SessionFactory


@pytest.fixture
def session(transactional_db):
    return SessionFactory()


@pytest.fixture
def member(session):
    return MemberFactory(session=session)


@pytest.fixture
def room(project):
    return RoomFactory(project=project, max_members=3)


@pytest.fixture
def let_in(room):
    """Admit a user with a token."""

    ids = defaultdict(uuid7)

    def do(user="one", **said):
        claims = Claims(project_id=room.project_id, room_name=room.name, id=ids[user], **said)
        return admit(claims, by=TESTS)

    return do

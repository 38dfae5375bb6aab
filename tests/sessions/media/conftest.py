"""A session in the media server, and one member."""

import pytest

from tests.factories import MemberFactory, SessionFactory


@pytest.fixture
def session(transactional_db):
    return SessionFactory()


@pytest.fixture
def member(session):
    return MemberFactory(session=session)

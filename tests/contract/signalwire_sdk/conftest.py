"""The real client, signalwire-sdk from PyPI, of the real server."""

import pytest

from tests.factories import RoomFactory, TokenFactory
from tests.support.signalwire_client import client_with


@pytest.fixture
def token(greenroom):
    return TokenFactory()


@pytest.fixture
def video(greenroom, token):
    return client_with(greenroom, token.project_id, token.secret)


@pytest.fixture
def room(token):
    return RoomFactory(project=token.project, name="standup", description="Mondays.")

"""The page Now at a fixed time."""

from datetime import timedelta

from django.utils import timezone

from access.values.timestamps import whole_second

NOW = "/now"


def after(**ahead):
    return whole_second(timezone.now() + timedelta(**ahead))


def shown(client):
    response = client.get(NOW)
    assert response.status_code == 200
    return response.context

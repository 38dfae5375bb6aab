"""A limit on the number of rows holds when many requests add one at the same time."""

from concurrent.futures import ThreadPoolExecutor

import requests
from django.core.exceptions import ValidationError
from django.db import connection

from access.models import WebhookEndpoint
from access.webhooks.models import MOST_ENDPOINTS
from rooms.models import SavedView
from rooms.models.saved_view import MOST_VIEWS
from tests.factories import StaffFactory, TokenFactory, WebhookEndpointFactory
from tests.support.api import basic

AT_ONCE = 8
WEBHOOK = {"url": "https://example.org/greenroom"}


def test_project_has_exactly_its_webhooks(fronts, greenroom):
    token = TokenFactory()
    WebhookEndpointFactory.create_batch(MOST_ENDPOINTS - 3, project=token.project)
    headers = {"Authorization": basic(token.project_id, token.secret)}

    def add(number):
        url = f"{fronts[number % len(fronts)]}/api/video/webhooks"
        return requests.post(url, json=WEBHOOK, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = sorted(pool.map(add, range(AT_ONCE)))

    assert statuses == [201] * 3 + [409] * 5
    assert WebhookEndpoint.objects.filter(project=token.project).count() == MOST_ENDPOINTS


def test_user_has_exactly_their_views(transactional_db):
    user = StaffFactory()
    for number in range(MOST_VIEWS - 3):
        SavedView(user=user, name=f"old {number}", query="search=a").keep()

    def add(number):
        try:
            SavedView(user=user, name=f"new {number}", query="search=a").keep()
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        added = sum(pool.map(add, range(AT_ONCE)))

    assert added == 3
    assert SavedView.of(user).count() == MOST_VIEWS

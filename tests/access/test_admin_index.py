"""The index of Django's admin: records for superusers only, in a group of their own."""

import pytest
from django.urls import reverse

from tests.support.html import log_in

pytestmark = pytest.mark.django_db
RECORDS = ["RoomChange", "Room", "RoomSession", "SignInRecord", "WebhookDelivery"]


def groups_of(client):
    apps = client.get(reverse("admin:index")).context["app_list"]
    return {app["name"]: [model["object_name"] for model in app["models"]] for app in apps}


def test_superusers_find_the_records_in_a_group(client):
    log_in(client)

    groups = groups_of(client)

    assert sorted(groups["Records"]) == sorted(RECORDS)
    others = [model for name, models in groups.items() if name != "Records" for model in models]
    assert not {*others} & {*RECORDS}


def test_other_staff_find_no_records(client):
    log_in(client, "rooms.view_room", "rooms.view_roomchange", "access.view_project")

    assert groups_of(client) == {"Access": ["Project"]}
    assert client.get(reverse("admin:rooms_room_changelist")).status_code == 200

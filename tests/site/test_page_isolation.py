"""Staff limited to one project, with every permission, on every page of another project."""

import pytest
from django.contrib.auth.models import Permission
from django.core import serializers

from access.models import ApiToken, Project, StaffLimit
from access.webhooks.models import WebhookDelivery, WebhookEndpoint
from rooms.models import Room, SavedView
from rooms.models.history import RoomChange
from rooms.models.job import Job
from rooms.models.job_row import JobRow
from sessions.models import Member, RoomSession
from tests.factories import ProjectFactory, StaffFactory
from tests.support.page_catalogue import address, one_of_everything, pages
from tests.support.tables import each

pytestmark = pytest.mark.django_db
# Part of every text of the other project, and of no other text.
MARK = "zebra"
# Pages without a project: Django's own, groups, and the user's account.
EVERYBODYS = (
    *("sign-in", "sign-out", "own-sign-ins", "end-sign-ins", "password", "prefer"),
    *("jsi18n", "autocomplete", "view_on_site"),
)
WHAT_IS_KEPT = (
    Project,
    Room,
    RoomChange,
    RoomSession,
    Member,
    ApiToken,
    WebhookEndpoint,
    WebhookDelivery,
    Job,
    JobRow,
    SavedView,
)


@pytest.fixture
def other():
    """A project with one of everything, with the mark in each text."""
    return one_of_everything(MARK)


@pytest.fixture
def limited(client):
    """Signed-in staff with all permissions, limited to another project."""
    person = StaffFactory(is_superuser=False)
    person.user_permissions.set(Permission.objects.all())
    StaffLimit.objects.create(user=person).projects.add(ProjectFactory(name="own clinic"))
    client.force_login(person)
    return client


def kept():
    return {
        model.__name__: serializers.serialize("json", model.objects.order_by("pk"))
        for model in WHAT_IS_KEPT
    }


PAGES = [
    page
    for page in pages()
    if page[0] not in EVERYBODYS and not page[0].startswith("admin:auth_group")
]


@each("page", PAGES, ids=[f"{name} {path}" for name, path, _ in PAGES])
def test_pages_show_and_change_nothing_of_another_project(limited, other, page):
    url = address(page, other)
    before = kept()

    ids = {"ids": [str(other["room"].pk)], "_selected_action": [str(other["room"].pk)]}
    answers = [
        limited.get(url),
        limited.get(url, {"bulk": str(other["bulk"]), "project": str(other["project"].pk)}),
        limited.get(url, headers={"HX-Request": "true"}),
        limited.post(url, {**ids, "all": "1", "version": "1", "project": str(other["project"].pk)}),
    ]

    assert all(answer.status_code < 500 for answer in answers)
    assert not any(MARK in _text(answer) for answer in answers)
    assert kept() == before


def _text(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace").lower()


def test_mark_is_visible_without_the_limit(client, other):
    client.force_login(StaffFactory())

    for url in (
        "/history",
        "/sessions",
        "/now",
        "/admin/rooms/room/",
        "/admin/access/apitoken/",
        "/tokens",
    ):
        assert MARK in _text(client.get(url)), url

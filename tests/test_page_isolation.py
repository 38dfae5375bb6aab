"""Staff limited to a project, with every permission there is, on every page of another's."""

import pytest
from django.contrib.auth.models import Permission
from django.core import serializers
from django.urls import URLPattern, get_resolver

from access.models import Project, StaffLimit
from access.webhooks.models import WebhookDelivery, WebhookEndpoint
from rooms.bulk import Bulk, Mode, chunks_of
from rooms.changes import delete_room
from rooms.history import RoomChange
from rooms.jobs import Job, JobRow, Kind, State
from rooms.models import Room
from rooms.recipes import Recipe
from sessions.models import Member, RoomSession
from tests.factories import (
    TESTS,
    EventFactory,
    MemberFactory,
    ProjectFactory,
    RoomFactory,
    SessionFactory,
    StaffFactory,
    TokenFactory,
)

pytestmark = pytest.mark.django_db
# In every text of the other project, and nowhere else.
MARK = "zebra"
# Of nobody's project: Django's own pages, and what a person does to themselves.
EVERYBODYS = ("sign-in", "sign-out", "password", "prefer", "jsi18n", "autocomplete", "view_on_site")
WHAT_IS_KEPT = (Project, Room, RoomChange, RoomSession, Member, WebhookEndpoint, Job, JobRow)


def pages():
    """Return the name, the address and the arguments of every page that is not the API's."""
    found = []
    for prefix, pattern in _walk(get_resolver().url_patterns, "", ""):
        if not prefix[1].startswith("api/") and pattern.name not in EVERYBODYS:
            found.append(
                (prefix[0] + str(pattern.name), prefix[1], tuple(pattern.pattern.converters))
            )
    return sorted(set(found))


def _walk(patterns, space, prefix):
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield (space, here), pattern
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, here)


@pytest.fixture
def other(settings):
    """A project with one of everything, each with the mark in its texts."""
    project = ProjectFactory(name=f"{MARK} clinic")
    room = RoomFactory(project=project, name=f"{MARK}-room", display_name=f"{MARK} room")
    bulk = Bulk(Room.objects.filter(pk=room.pk), TESTS, project.pk, Mode.ALL)
    edits = chunks_of(Room.objects.filter(pk=room.pk), Recipe({"description": f"{MARK} words"}))
    bulk.run(bulk.changing(edits), lambda result: None)
    gone = RoomFactory(project=project, name=f"{MARK}-gone")
    delete_room(Room.objects.all(), gone.pk, by=TESTS)
    session = SessionFactory(room=Room.objects.get(pk=room.pk))
    member = MemberFactory(session=session, name=f"{MARK} member")
    EventFactory(session=session)
    endpoint = WebhookEndpoint.objects.create(project=project, url=f"https://{MARK}.example/hook")
    return {
        "project": project,
        "room": room,
        "session": session,
        "member": member,
        "token": TokenFactory(project=project, name=f"{MARK} token"),
        "change": RoomChange.objects.filter(room_id=room.pk).first(),
        "bulk": bulk.id,
        "job": _job_on(room),
        "endpoint": endpoint,
        "delivery": WebhookDelivery.objects.filter(endpoint=endpoint).first(),
    }


def _job_on(room):
    job = Job.objects.create(
        kind=Kind.CHANGE,
        owner=StaffFactory(),
        asked={"change": {"set": {"description": f"{MARK} words"}}},
        state=State.READY,
        shown={"changed": 1},
    )
    JobRow.objects.create(
        job=job, number=0, room_id=room.pk, name=room.name, outcome="changed", changes={}
    )
    return job


@pytest.fixture
def limited(client):
    """Signed-in staff of a project of their own, who may do everything there."""
    person = StaffFactory(is_superuser=False)
    person.user_permissions.set(Permission.objects.all())
    StaffLimit.objects.create(user=person).projects.add(ProjectFactory(name="own clinic"))
    client.force_login(person)
    return client


def arguments(other, name, path, names):
    """Return values for a page's arguments that name the other project's rows."""
    objects = {
        "rooms_room": other["room"].pk,
        "rooms_roomchange": other["change"].pk,
        "room_sessions_roomsession": other["session"].pk,
        "access_project": other["project"].pk,
        "access_apitoken": other["token"].pk,
        "access_webhookendpoint": other["endpoint"].pk,
    }
    values = {
        "room_id": other["room"].pk,
        "session_id": other["session"].pk,
        "member_id": other["member"].pk,
        "change_id": other["change"].pk,
        "bulk_id": other["bulk"],
        "endpoint_id": other["endpoint"].pk,
        "job_id": other["job"].pk,
        "view_id": 1,
        "app_label": "rooms",
        "content_type_id": 1,
        "id": 1,
        "object_id": next((pk for of, pk in objects.items() if f"admin:{of}_" in name), 1),
        "pk": other["room"].pk,
        "url": "x",
        "path": "x",
    }
    return {argument: values[argument] for argument in names}


def address(path, values):
    for name, value in values.items():
        for kind in ("uuid", "int", "str", "path", "slug"):
            path = path.replace(f"<{kind}:{name}>", str(value)).replace(f"<{name}>", str(value))
    return "/" + path.replace("\\Z", "").lstrip("^").rstrip("$")


def kept():
    return {
        model.__name__: serializers.serialize("json", model.objects.order_by("pk"))
        for model in WHAT_IS_KEPT
    }


PAGES = pages()


@pytest.mark.parametrize("page", PAGES, ids=[f"{name} {path}" for name, path, _ in PAGES])
def test_a_page_shows_and_changes_nothing_of_another_project(limited, other, page):
    url = address(page[1], arguments(other, *page))
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


def test_the_mark_would_be_seen(client, other):
    client.force_login(StaffFactory())

    for url in ("/history", "/sessions", "/now", "/admin/rooms/room/", "/admin/access/apitoken/"):
        assert MARK in _text(client.get(url)), url

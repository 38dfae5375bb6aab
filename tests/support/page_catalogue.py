"""Every page there is, read off the URLconf, and a project with one of everything to show there."""

from django.contrib.auth.models import Group
from django.urls import URLPattern, get_resolver

from access.webhooks.models import WebhookDelivery, WebhookEndpoint
from rooms.bulk.engine import Bulk, Mode, chunks_of
from rooms.bulk.recipes import Recipe
from rooms.changes import delete_room
from rooms.models import Room, SavedView
from rooms.models.history import RoomChange
from rooms.models.job import Job, JobKind, JobRow, JobState
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


def pages():
    """Return the name, the address and the arguments of every page that is not the API's."""
    found = [
        (space + str(pattern.name), path, tuple(pattern.pattern.converters))
        for space, path, pattern in _walk(get_resolver().url_patterns, "", "")
        # Django's way from a row to its page: no row of ours says where that is.
        if not path.startswith("api/") and pattern.name != "view_on_site"
    ]
    return sorted(set(found))


def _walk(patterns, space, prefix):
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield space, here, pattern
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, here)


def one_of_everything(words, *, slug="zebra", owner=None, prose=None):
    """Return rows of a new project by what they are, `words` in every text that is free.

    `prose` goes where more is allowed than on a line; without it, `words` do. `owner` has the
    job and the saved view, which are a person's own.
    """
    owner, prose = owner or StaffFactory(), prose or words
    project = ProjectFactory(name=f"{words} P"[:100])
    endpoint = WebhookEndpoint.objects.create(
        project=project, url=f"https://{slug}.example/hook", description=words[:200]
    )
    room = RoomFactory(
        project=project,
        name=f"{slug}-room",
        display_name=words[:200],
        description=prose,
        meta={"words": prose},
    )
    bulk = Bulk(Room.objects.filter(pk=room.pk), TESTS, project.pk, Mode.ALL)
    edits = chunks_of(Room.objects.filter(pk=room.pk), Recipe({"description": f"{prose} later"}))
    bulk.run(bulk.changing(edits), lambda result: None)
    delete_room(Room.objects.all(), RoomFactory(project=project, name=f"{slug}-gone").pk, by=TESTS)
    session = SessionFactory(room=Room.objects.get(pk=room.pk))
    EventFactory(session=session)
    return {
        "project": project,
        "room": room,
        "session": session,
        "member": MemberFactory(session=session, name=words[:200]),
        "token": TokenFactory(project=project, name=words[:100]),
        "change": RoomChange.objects.filter(room_id=room.pk).first(),
        "bulk": bulk.id,
        "job": _job_on(room, prose, owner),
        "view": SavedView.objects.create(user=owner, name=words[:60], query="search=a"),
        "endpoint": endpoint,
        "delivery": WebhookDelivery.objects.filter(endpoint=endpoint).first(),
        "person": owner,
        "group": Group.objects.create(name=words[:100]),
    }


def _job_on(room, words, owner):
    job = Job.objects.create(
        kind=JobKind.CHANGE,
        owner=owner,
        request={"change": {"set": {"description": words}}},
        state=JobState.READY,
        preview_counts={"changed": 1},
    )
    JobRow.objects.create(
        job=job, number=0, room_id=room.pk, name=room.name, outcome="changed", changes={}
    )
    return job


def address(page, rows):
    """Return the address of a page of `pages()` that shows these rows; KeyError: give it a row."""
    name, path, arguments = page
    for argument in arguments:
        value = str(_value(argument, name, rows))
        for kind in ("uuid:", "int:", "str:", "path:", "slug:", ""):
            path = path.replace(f"<{kind}{argument}>", value)
    return "/" + path.replace("\\Z", "").lstrip("^").rstrip("$")


# Which row the admin's pages of a model are about.
OBJECTS = {
    "rooms_room": "room",
    "rooms_roomchange": "change",
    "room_sessions_roomsession": "session",
    "access_project": "project",
    "access_apitoken": "token",
    "access_webhookendpoint": "endpoint",
    "access_webhookdelivery": "delivery",
    "auth_user": "person",
    "auth_group": "group",
}


def _value(argument, name, rows):
    if argument in ("object_id", "id"):
        model = name.removeprefix("admin:").rpartition("_")[0].removesuffix("_password")
        return rows[OBJECTS[model]].pk if model in OBJECTS else rows["room"].pk
    if argument == "bulk_id":
        return rows["bulk"]
    if argument in ("app_label", "url"):
        return "rooms"
    return rows[argument.removesuffix("_id")].pk

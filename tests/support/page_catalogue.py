"""Every page in the URLconf, and a project with one of everything for these pages."""

from django.contrib.auth.models import Group
from django.urls import URLPattern, get_resolver

from access.models import SignInRecord
from access.webhooks.models import WebhookDelivery, WebhookEndpoint
from rooms.bulk.engine import Bulk, Mode, chunks_of
from rooms.bulk.recipes import Recipe
from rooms.changes import delete_room
from rooms.models import Room, SavedView
from rooms.models.history import RoomChange
from rooms.models.job import Job, JobKind, JobState
from rooms.models.job_row import JobRow
from sessions.models import RECORDING_IDS
from tests.factories import (
    TESTS,
    EventFactory,
    MemberFactory,
    ProjectFactory,
    RecordingFactory,
    RoomFactory,
    SessionFactory,
    StaffFactory,
    TokenFactory,
)


def pages():
    """Return name, path and arguments of every page outside the API."""
    found = [
        (space + str(pattern.name), path, tuple(pattern.pattern.converters))
        for space, path, pattern in _walk(get_resolver().url_patterns, "", "")
        # Django's redirect from a row to its page, which our models do not use.
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
    """Return the rows of a new project by kind, with `words` in every free text.

    `prose` is for multi-line texts, with `words` as its default. `owner` gets the job and the saved
    view, which belong to a user; the view is shared with the project.
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
    recording = RecordingFactory(session=session, ended=True)
    return {
        "project": project,
        "room": room,
        "session": session,
        "recording": recording,
        "member": MemberFactory(session=session, name=words[:200]),
        "token": TokenFactory(project=project, name=words[:100]),
        "change": RoomChange.objects.filter(room_id=room.pk).first(),
        "bulk": bulk.id,
        "job": _job_on(room, prose, owner),
        "view": SavedView.objects.create(
            user=owner, project=project, name=words[:60], query="search=a"
        ),
        "endpoint": endpoint,
        "delivery": WebhookDelivery.objects.filter(endpoint=endpoint).first(),
        "person": owner,
        "sign_in": SignInRecord.objects.create(
            username=words[:150], address="192.0.2.1", network="192.0.2.1", outcome="refused"
        ),
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
    """Return the URL of a page of `pages()` for these rows; raises KeyError if a row is missing."""
    name, path, arguments = page
    for argument in arguments:
        value = str(_value(argument, name, rows))
        for kind in ("uuid:", "int:", "str:", "path:", "slug:", ""):
            path = path.replace(f"<{kind}{argument}>", value)
    return "/" + path.replace("\\Z", "").lstrip("^").rstrip("$")


# The row that each model's admin pages show.
OBJECTS = {
    "rooms_room": "room",
    "rooms_roomchange": "change",
    "room_sessions_roomsession": "session",
    "access_project": "project",
    "access_apitoken": "token",
    "access_webhookendpoint": "endpoint",
    "access_webhookdelivery": "delivery",
    "access_signinrecord": "sign_in",
    "auth_user": "person",
    "auth_group": "group",
}


# Links that open for everyone who has them; tests/sessions/pages/test_films.py, test_previews.py.
SECRETS = {"signed": "unsigned", "key": "0" * 32}


def _value(argument, name, rows):
    if argument in SECRETS:
        return SECRETS[argument]
    if argument in ("object_id", "id"):
        model = name.removeprefix("admin:").rpartition("_")[0].removesuffix("_password")
        return rows[OBJECTS[model]].pk if model in OBJECTS else rows["room"].pk
    if argument == "bulk_id":
        return rows["bulk"]
    if argument == "recording_id":
        return RECORDING_IDS.id_of(rows["recording"].pk)
    if argument in ("app_label", "url"):
        return "rooms"
    return rows[argument.removesuffix("_id")].pk

"""The API as tests call it, and what they say about its answers."""

import base64
from contextlib import contextmanager

from django.db import connection
from django.utils.http import urlencode
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIClient

from access.models import WebhookDelivery, WebhookEndpoint
from rooms.models import Room, RoomChange
from sessions.models import Member, RoomSession, SessionEvent

ROOMS_URL = "/api/video/rooms"
SESSIONS_URL = "/api/video/room_sessions"
RECORDINGS_URL = "/api/video/room_recordings"
ADMISSIONS_URL = f"{SESSIONS_URL}/admissions"
TOKENS_URL = "/api/video/room_tokens"

# The contract's order, written out: a key that moves breaks clients that read by position.
ROOM_KEYS = [
    "id",
    "name",
    "display_name",
    "description",
    "max_members",
    "quality",
    "fps",
    "join_from",
    "join_until",
    "remove_at",
    "remove_after_seconds_elapsed",
    "layout",
    "record_on_start",
    "enable_room_previews",
    "audio_video_sync",
    "sync_audio_video",
    "meta",
    "active_session",
    "created_at",
    "updated_at",
]
SESSION_KEYS = [
    "id",
    "room_id",
    "name",
    "display_name",
    "join_from",
    "join_until",
    "remove_at",
    "remove_after_seconds_elapsed",
    "layout",
    "max_members",
    "fps",
    "quality",
    "start_time",
    "end_time",
    "duration",
    "status",
    "record_on_start",
    "enable_room_previews",
    "preview_url",
    "audio_video_sync",
]


MEMBER_KEYS = ["id", "room_session_id", "name", "join_time", "leave_time", "duration"]
EVENT_KEYS = [
    *("id", "project_id", "room_id", "room_session_id", "name", "payload", "created_at"),
]

FORM = "application/x-www-form-urlencoded"


class AsciiJson(JSONRenderer):
    """Escapes all else, so that a test can send half a character."""

    ensure_ascii = True


class ApiClient(APIClient):
    """Sends JSON, and form-encoded bodies through put_form and post_form."""

    renderer_classes_list = [AsciiJson]
    default_format = "json"

    def __init__(self, **defaults):
        # HTTP/1.1 has callers send a Host, and we insist; Django's client sends none.
        super().__init__(**{"HTTP_HOST": "testserver", **defaults})

    def put_form(self, url, fields, **extra):
        return self.put(url, urlencode(fields), content_type=FORM, **extra)

    def post_form(self, url, fields, **extra):
        return self.post(url, urlencode(fields), content_type=FORM, **extra)


def readable(value):
    """Return an id for a test of `value`.

    Without backslashes: pytest escapes them once more each time that one process collects
    the tests, and mutmut would not find them again.
    """
    return ascii(value).replace("\\", "/")


def room_url(room):
    return f"{ROOMS_URL}/{getattr(room, 'pk', room)}"


def session_url(session):
    return f"{SESSIONS_URL}/{getattr(session, 'pk', session)}"


def members_url(session):
    return f"{session_url(session)}/members"


def member_url(member):
    return f"{members_url(member.session_id)}/{member.pk}"


def end_url(session):
    return f"{session_url(session)}/end"


def events_url(session):
    return f"{session_url(session)}/events"


def basic(project_id, secret):
    """Return the value of an Authorization header as HTTP Basic spells it."""
    return "Basic " + base64.b64encode(f"{project_id}:{secret}".encode()).decode()


def client_of(token):
    """Return a client that authenticates as the official ones do, with Basic."""
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=basic(token.project_id, token.secret))
    return client


def faults(response):
    """Return the [(attribute, code), …] of a 422, in the order of the answer."""
    assert response.status_code == 422, response.content
    return [(error["attribute"], error["code"]) for error in response.json()["errors"]]


def messages(response):
    """Return the {attribute: message} of a 422."""
    assert response.status_code == 422, response.content
    return {error["attribute"]: error["message"] for error in response.json()["errors"]}


def columns_of(row):
    """Return what a model's row holds, by the names of its columns in Python."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def stored():
    """Return every row that a change of a room could touch, as the database holds it."""
    tables = (Room, RoomSession, RoomChange, Member, SessionEvent)
    tables += (WebhookEndpoint, WebhookDelivery)
    # By hand: asked of the models, it takes longer than most of the calls it is about.
    with connection.cursor() as cursor:
        return [_rows(cursor, table._meta) for table in tables]


def _rows(cursor, table):
    cursor.execute(f"SELECT * FROM {table.db_table} ORDER BY {table.pk.column}")  # noqa: S608
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


@contextmanager
def nothing_changes():
    """Check that the block leaves rooms (version and updated_at too), sessions and records be."""
    before = stored()
    yield
    assert stored() == before

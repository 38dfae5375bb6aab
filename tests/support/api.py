"""An API client for tests, and helpers that read its responses."""

import base64
from contextlib import contextmanager

from django.db import connection
from django.utils.http import urlencode
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIClient

from access.models import WebhookDelivery, WebhookEndpoint
from rooms.models import Room, RoomChange
from sessions.models import Composition, Member, Recording, RoomSession, SessionEvent

ROOMS_URL = "/api/video/rooms"
SESSIONS_URL = "/api/video/room_sessions"
RECORDINGS_URL = "/api/video/room_recordings"
ADMISSIONS_URL = f"{SESSIONS_URL}/admissions"
TOKENS_URL = "/api/video/room_tokens"

# The contract's order of keys; some clients read them by position.
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
    "tone_on_entry_and_exit",
    "room_join_video_off",
    "user_join_video_off",
    "prioritize_handraise",
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
    "tone_on_entry_and_exit",
    "room_join_video_off",
    "user_join_video_off",
    "prioritize_handraise",
    "locked",
    "created_at",
    "updated_at",
    "sync_audio_video",
    "cost_in_dollars",
]
LISTED_SESSION_KEYS = [*SESSION_KEYS, "locked_cover"]


MEMBER_KEYS = [
    *("id", "room_session_id", "name", "join_time", "leave_time", "duration", "cost_in_dollars"),
]
EVENT_KEYS = [
    *("id", "project_id", "room_id", "room_session_id", "name", "payload", "created_at", "level"),
]
RECORDING_KEYS = [
    *("id", "room_session_id", "status", "started_at", "finished_at", "duration", "size_in_bytes"),
    *("format", "uri", "cost_in_dollars", "created_at", "updated_at", "state"),
    *("deleted_at", "expires_at"),
]
COMPOSITION_KEYS = [
    *("id", "state", "layout", "quality", "fps", "without", "done", "size_in_bytes", "duration"),
    *("fault", "uri", "created_at", "finished_at"),
]

FORM = "application/x-www-form-urlencoded"


class AsciiJson(JSONRenderer):
    """Escapes all other characters, so that a test can send a lone surrogate."""

    ensure_ascii = True


class ApiClient(APIClient):
    """Sends JSON, and form bodies with put_form and post_form."""

    renderer_classes_list = [AsciiJson]
    default_format = "json"

    def __init__(self, **defaults):
        # HTTP/1.1 requires a Host header and so do we, but Django's client sends none.
        super().__init__(**{"HTTP_HOST": "testserver", **defaults})

    def put_form(self, url, fields, **extra):
        return self.put(url, urlencode(fields), content_type=FORM, **extra)

    def post_form(self, url, fields, **extra):
        return self.post(url, urlencode(fields), content_type=FORM, **extra)


def readable(value):
    """Return a test id for `value`.

    Without backslashes: pytest escapes them again in each collection of a process, and then mutmut
    cannot find the test.
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
    """Return an Authorization header for HTTP Basic."""
    return "Basic " + base64.b64encode(f"{project_id}:{secret}".encode()).decode()


def client_of(token):
    """Return a client that authenticates with Basic, as the official clients do."""
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=basic(token.project_id, token.secret))
    return client


def faults(response):
    """Return the [(attribute, code), …] of a 422, in order."""
    assert response.status_code == 422, response.content
    return [(error["attribute"], error["code"]) for error in response.json()["errors"]]


def messages(response):
    """Return the {attribute: message} of a 422."""
    assert response.status_code == 422, response.content
    return {error["attribute"]: error["message"] for error in response.json()["errors"]}


def columns_of(row):
    """Return the values of a row by the attribute names of its columns."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def stored():
    """Return every row that a change of a room could affect, as stored in the database."""
    tables = (Room, RoomSession, RoomChange, Member, SessionEvent)
    tables += (Recording, Composition)
    tables += (WebhookEndpoint, WebhookDelivery)
    # Plain SQL, because the ORM would take longer than most of the tested calls.
    with connection.cursor() as cursor:
        return [_rows(cursor, table._meta) for table in tables]


def _rows(cursor, table):
    cursor.execute(f"SELECT * FROM {table.db_table} ORDER BY {table.pk.column}")  # noqa: S608
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


@contextmanager
def nothing_changes():
    """Check that the block changes no room, session, history, member, event or webhook row."""
    before = stored()
    yield
    assert stored() == before

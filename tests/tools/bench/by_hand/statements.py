"""The SQL statements, written by hand."""

import re
from functools import cache

from tests.tools.bench.by_hand.models import Room, Session

# The keys of a response that are no columns, besides those with one value.
COMPUTED = {
    Room: ("sync_audio_video", "active_session"),
    Session: ("sync_audio_video", "created_at", "updated_at"),
}
ROOM_COLUMNS, SESSION_COLUMNS = (
    [name for name, key in model.model_fields.items() if key.is_required() and name not in computed]
    for model, computed in COMPUTED.items()
)
TYPES = {
    "max_members": "int",
    "remove_after_seconds_elapsed": "int",
    **dict.fromkeys(("join_from", "join_until", "remove_at"), "timestamptz"),
    **dict.fromkeys(("record_on_start", "enable_room_previews", "audio_video_sync"), "bool"),
}
# The number of rooms on a page. Each query reads one more, to find out if there is a next page.
PAGE_SIZE = 50

_TOKEN = """
    token.id AS token_id, token.name AS token_name, token.digest, token.scopes,
    token.allowed_networks, token.expires_at, token.revoked_at, token.last_used_at,
    token.project_id AS token_project_id, project.is_active, project.requires_if_match
"""
_ROOM = f"""
    {", ".join(f"room.{name}" for name in ROOM_COLUMNS)}, room.project_id, room.version,
    {", ".join(f"session.{name} AS session_{name}" for name in SESSION_COLUMNS)},
    (SELECT event.at FROM room_sessions_sessionevent event WHERE event.session_id = session.id
        ORDER BY event.id DESC LIMIT 1) AS session_last_event_at
"""  # noqa: S608 - only constant names
_TOKEN_WITH_PROJECT = (
    "access_apitoken token JOIN access_project project ON project.id = token.project_id"
)
_SESSION = """
LEFT JOIN room_sessions_roomsession session ON session.room_id = room.id
    AND session.end_time IS NULL
"""
TOKEN = f"SELECT {_TOKEN} FROM {_TOKEN_WITH_PROJECT} WHERE token.prefix = $1"  # noqa: S608 - only constant names
_TOKEN_AND_ROOM = f"""
SELECT {_TOKEN}, {_ROOM}{{more}} FROM {_TOKEN_WITH_PROJECT}
LEFT JOIN rooms_room room ON room.project_id = token.project_id AND room.id = $2
{_SESSION} WHERE token.prefix = $1
"""  # noqa: S608
TOKEN_AND_ROOM = _TOKEN_AND_ROOM.format(more="")
# If a client may have seen the room live at this version, its ETag does not prove that the response
# is unchanged.
TOKEN_AND_ROOM_AND_SEEN = _TOKEN_AND_ROOM.format(
    more=""", EXISTS (
        SELECT FROM room_sessions_roomsession seen WHERE seen.room_id = room.id
        AND (seen.end_time IS NULL OR seen.end_time >= room.updated_at - interval '5 minutes')
    ) AS was_seen"""
)
ROOM_LOCKED = f"""
SELECT {_ROOM} FROM rooms_room room {_SESSION}
WHERE room.project_id = $1 AND room.id = $2 FOR UPDATE OF room
"""  # noqa: S608
TOKEN_USED = "UPDATE access_apitoken SET last_used_at = now() WHERE id = $1"
CONDITIONS = {
    "quality": "quality = {}",
    # For one word in ASCII; the index of the search has this expression.
    "search": """lower((name || ' ' ||
        CASE WHEN folded_from = display_name THEN folded_name ELSE display_name END
    ) COLLATE "C") LIKE lower({})""",
    "before": "id < {}",
}


def like(text):
    """Return the LIKE pattern that finds `text` anywhere in a value."""
    return "%" + re.sub(r"([%_\\])", r"\\\1", text) + "%"


@cache
def page(names):
    """Return the SELECT of a page of a project's rooms, filtered by the conditions in `names`."""
    parts = ["project_id = $1", "NOT auto_created"]
    parts += [CONDITIONS[name].format(f"${number}") for number, name in enumerate(names, 2)]
    condition = " AND ".join(parts)
    return (
        f"SELECT {', '.join(ROOM_COLUMNS)} FROM rooms_room WHERE {condition}"  # noqa: S608
        f" ORDER BY id DESC LIMIT {PAGE_SIZE + 1}"
    )


@cache
def change(names):
    """Return the UPDATE of these settings with their history; it requires the read version."""
    settings = [
        f"{name} = ${number}::{TYPES.get(name, 'text')}" for number, name in enumerate(names, 12)
    ]
    return f"""
    WITH changed AS (
        UPDATE rooms_room SET {", ".join(settings)}, version = version + 1, updated_at = $3
        WHERE id = $1 AND version = $2
        RETURNING 1
    )
    INSERT INTO rooms_roomchange (at, project_id, room_id, room_name, version, action, changes,
        author_kind, author_id, author_name, door, request_id)
    SELECT $3, $4::uuid, $1, $5::text, $6::int, 'changed', $7::jsonb, $8::text, $9::text,
        $10::text, 'api', $11::text
    FROM changed
    RETURNING version
    """  # noqa: S608 - only constant names

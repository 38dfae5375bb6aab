"""Every route and method of the API, with the statuses for its owner and for others."""

from dataclasses import dataclass

from django.urls import URLResolver, get_resolver

from config.api_urls import MISSING

METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")


@dataclass(frozen=True)
class Row:
    """The status for the owner's token, and for a token of another project."""

    own: int
    foreign: int


ROOMS, ROOM = "api/video/rooms", "api/video/rooms/<str:room>"
HISTORY, REVERT = f"{ROOM}/history", f"{ROOM}/history/<int:change>/revert"
BULK, REVERT_BULK = f"{ROOMS}/bulk", f"{ROOMS}/bulk/<str:bulk>/revert"
SESSIONS, SESSION = "api/video/room_sessions", "api/video/room_sessions/<str:session>"
MEMBERS, EVENTS = f"{SESSION}/members", f"{SESSION}/events"
UNBLOCK = f"{MEMBERS}/<str:member>/unblock"
MEMBER, END = f"{MEMBERS}/<str:member>", f"{SESSION}/end"
ADMISSIONS, ADMISSION = f"{SESSIONS}/admissions", f"{ROOM}/admission"
SESSION_RECORDINGS = f"{SESSION}/recordings"
RECORDINGS, RECORDING = "api/video/room_recordings", "api/video/room_recordings/<str:recording>"
RECORDING_EVENTS, RESTORE = f"{RECORDING}/events", f"{RECORDING}/restore"
FILMS, FILM = f"{RECORDING}/compositions", f"{RECORDING}/compositions/<str:composition>"
LOGS, LOG = "api/video/logs", "api/video/logs/<str:log>"
ROOM_TOKENS = "api/video/room_tokens"
WEBHOOKS, WEBHOOK = "api/video/webhooks", "api/video/webhooks/<str:webhook>"
ROTATE, TEST, DELIVERIES = f"{WEBHOOK}/rotate", f"{WEBHOOK}/test", f"{WEBHOOK}/deliveries"
REDELIVER = f"{DELIVERIES}/<str:delivery>/redeliver"
GIVE_UP = f"{DELIVERIES}/<str:delivery>/give_up"

API_TOKENS, API_TOKEN = "api/project/tokens", "api/project/tokens/<str:api_token>"

# Lists are open to any project, and contain only its own rows.
TABLE = {
    (ROOMS, "get"): Row(200, 200),
    (ROOMS, "head"): Row(200, 200),
    (ROOMS, "options"): Row(200, 200),
    (ROOMS, "post"): Row(200, 200),
    (ROOM, "get"): Row(200, 404),
    (ROOM, "head"): Row(200, 404),
    (ROOM, "options"): Row(200, 200),
    (ROOM, "put"): Row(200, 404),
    (ROOM, "patch"): Row(200, 404),
    (ROOM, "delete"): Row(204, 404),
    (HISTORY, "get"): Row(200, 404),
    (HISTORY, "head"): Row(200, 404),
    (HISTORY, "options"): Row(200, 200),
    (REVERT, "post"): Row(200, 404),
    (REVERT, "options"): Row(200, 200),
    # GET reads a room named bulk, which does not exist here.
    (BULK, "get"): Row(404, 404),
    (BULK, "head"): Row(404, 404),
    (BULK, "options"): Row(200, 200),
    # The filter finds the other project's own rooms.
    (BULK, "post"): Row(200, 200),
    (REVERT_BULK, "post"): Row(200, 404),
    (REVERT_BULK, "options"): Row(200, 200),
    (SESSIONS, "get"): Row(200, 200),
    (SESSIONS, "head"): Row(200, 200),
    (SESSIONS, "options"): Row(200, 200),
    (SESSION, "get"): Row(200, 404),
    (SESSION, "head"): Row(200, 404),
    (SESSION, "options"): Row(200, 200),
    # The session has ended.
    (SESSION, "patch"): Row(409, 404),
    (END, "post"): Row(200, 404),
    (END, "options"): Row(200, 200),
    (UNBLOCK, "post"): Row(200, 404),
    (UNBLOCK, "options"): Row(200, 200),
    (MEMBER, "delete"): Row(204, 404),
    (MEMBER, "options"): Row(200, 200),
    # The room token belongs to the project, so another project cannot use it.
    (ADMISSIONS, "post"): Row(200, 403),
    (ADMISSIONS, "options"): Row(200, 200),
    (ADMISSION, "get"): Row(200, 404),
    (ADMISSION, "head"): Row(200, 404),
    (ADMISSION, "options"): Row(200, 200),
    (MEMBERS, "get"): Row(200, 404),
    (MEMBERS, "head"): Row(200, 404),
    (MEMBERS, "options"): Row(200, 200),
    (LOGS, "get"): Row(200, 200),
    (LOGS, "head"): Row(200, 200),
    (LOGS, "options"): Row(200, 200),
    (LOG, "get"): Row(200, 404),
    (LOG, "head"): Row(200, 404),
    (LOG, "options"): Row(200, 200),
    (EVENTS, "get"): Row(200, 404),
    (EVENTS, "head"): Row(200, 404),
    (EVENTS, "options"): Row(200, 200),
    (SESSION_RECORDINGS, "get"): Row(200, 404),
    (SESSION_RECORDINGS, "head"): Row(200, 404),
    (SESSION_RECORDINGS, "options"): Row(200, 200),
    (SESSION_RECORDINGS, "post"): Row(201, 404),
    (RECORDINGS, "get"): Row(200, 200),
    (RECORDINGS, "head"): Row(200, 200),
    (RECORDINGS, "options"): Row(200, 200),
    (RECORDING, "get"): Row(200, 404),
    (RECORDING, "head"): Row(200, 404),
    (RECORDING, "options"): Row(200, 200),
    (RECORDING, "delete"): Row(204, 404),
    (RESTORE, "post"): Row(200, 404),
    (RESTORE, "options"): Row(200, 200),
    (RECORDING_EVENTS, "get"): Row(200, 404),
    (RECORDING_EVENTS, "head"): Row(200, 404),
    (RECORDING_EVENTS, "options"): Row(200, 200),
    (FILMS, "get"): Row(200, 404),
    (FILMS, "head"): Row(200, 404),
    (FILMS, "options"): Row(200, 200),
    # No mixer composes here.
    (FILMS, "post"): Row(409, 404),
    (FILM, "get"): Row(200, 404),
    (FILM, "head"): Row(200, 404),
    (FILM, "options"): Row(200, 200),
    (FILM, "delete"): Row(204, 404),
    # Every project gets tokens for its own rooms.
    (ROOM_TOKENS, "post"): Row(200, 200),
    (ROOM_TOKENS, "options"): Row(200, 200),
    (API_TOKENS, "post"): Row(200, 200),
    (API_TOKENS, "options"): Row(200, 200),
    (API_TOKEN, "patch"): Row(200, 404),
    (API_TOKEN, "delete"): Row(204, 404),
    (API_TOKEN, "options"): Row(200, 200),
    (WEBHOOKS, "get"): Row(200, 200),
    (WEBHOOKS, "head"): Row(200, 200),
    (WEBHOOKS, "options"): Row(200, 200),
    (WEBHOOKS, "post"): Row(201, 201),
    (WEBHOOK, "get"): Row(200, 404),
    (WEBHOOK, "head"): Row(200, 404),
    (WEBHOOK, "options"): Row(200, 200),
    (WEBHOOK, "put"): Row(200, 404),
    (WEBHOOK, "delete"): Row(204, 404),
    (ROTATE, "post"): Row(200, 404),
    (ROTATE, "options"): Row(200, 200),
    (TEST, "post"): Row(201, 404),
    (TEST, "options"): Row(200, 200),
    (DELIVERIES, "get"): Row(200, 404),
    (DELIVERIES, "head"): Row(200, 404),
    (DELIVERIES, "options"): Row(200, 200),
    (REDELIVER, "post"): Row(200, 404),
    (REDELIVER, "options"): Row(200, 200),
    # The delivery has arrived.
    (GIVE_UP, "post"): Row(409, 404),
    (GIVE_UP, "options"): Row(200, 200),
}

# The OpenAPI document is public and contains no project data.
PUBLIC = {
    (route, method): 200 for route in ("api/schema", "api/docs") for method in ("get", "head")
} | {(route, "options"): 200 for route in ("api/schema", "api/docs")}
BULK_CHANGE = {"select": {"filter": {}}, "change": {"set": {"max_members": 5}}}
BODIES = {
    (ROOMS, "post"): {"name": "new"},
    (ROOM, "put"): {"max_members": 5},
    (ROOM, "patch"): {"max_members": 5},
    (BULK, "post"): BULK_CHANGE,
    (ROOM_TOKENS, "post"): {"room_name": "new"},
    (SESSION, "patch"): {"max_members": 5},
    (SESSION_RECORDINGS, "post"): {"uri": "https://films.example/1.mp4"},
    (API_TOKENS, "post"): {"name": "new", "permissions": ["rooms:read"]},
    (API_TOKEN, "patch"): {"name": "changed"},
    (WEBHOOKS, "post"): {"url": "https://example.org/"},
    (WEBHOOK, "put"): {"description": "changed"},
}


def routes(patterns=None, prefix=""):
    """Return (route, view) of each path of the API that Greenroom has, through all includes."""
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += routes(entry.url_patterns, route)
        elif route.startswith("api/") and route.removeprefix("api/") not in MISSING:
            found.append((route, entry.callback))
    return found


def methods(view):
    actions = getattr(view, "actions", None)
    view_class = getattr(view, "cls", None) or view.view_class
    known = {*actions, "options"} if actions else {m for m in METHODS if hasattr(view_class, m)}
    return known | {"head"} if "get" in known else known


CALLS = sorted((route, method) for route, view in routes() for method in methods(view))

"""The settings of REST framework and of the OpenAPI schema."""

from typing import Any

from config.version import VERSION

SPECTACULAR: dict[str, Any] = {
    "TITLE": "Greenroom",
    "VERSION": VERSION,
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/video",
    "COMPONENT_SPLIT_REQUEST": True,
    # PATCH and PUT have the same body, so one component describes it.
    "COMPONENT_SPLIT_PATCH": False,
    # In the order of the reference, not of the alphabet.
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Quality": "rooms.models.Quality",
        "Layout": "rooms.models.Layout",
        "FramesPerSecond": "rooms.models.FramesPerSecond",
        "RoomStatus": "rooms.models.RoomStatus",
        "Action": "rooms.models.history.Action",
        "AuthorKind": "rooms.models.history.AuthorKind",
        "Channel": "rooms.models.history.Channel",
        "RecordingState": "sessions.models.RecordingState",
        "RecordingStatus": "sessions.api.recording_serializers.RecordingStatus",
        "CompositionState": "sessions.models.CompositionState",
        "SessionStatus": "sessions.models.SessionStatus",
        "EventType": "sessions.models.SessionEventType",
        "WebhookEventType": "access.webhooks.models.WebhookEventType",
        "DeliveryState": "access.webhooks.models.DeliveryState",
        "JoinAs": "sessions.models.JoinAs",
        "MediaAllowed": "sessions.models.MediaAllowed",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.components.complete",
    ],
    "TAGS": [
        {"name": "rooms", "description": "Rooms and their settings."},
        {
            "name": "room_sessions",
            "description": "Sessions of rooms: admissions, members and events.",
        },
        {"name": "room_recordings", "description": "The recordings of sessions."},
        {"name": "logs", "description": "Sessions as log entries; read-only."},
        {"name": "room_tokens", "description": "Tokens that admit one user to a room."},
        {"name": "webhooks", "description": "Notifications about rooms and sessions."},
    ],
}


def rest_framework(throttled: bool) -> dict[str, Any]:
    return {
        "DEFAULT_AUTHENTICATION_CLASSES": ["access.api.authentication.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["access.api.permissions.HasScope"],
        "DEFAULT_THROTTLE_CLASSES": ["access.api.throttling.TokenThrottle"] if throttled else [],
        "DEFAULT_PARSER_CLASSES": [
            "access.api.parsers.StrictJsonParser",
            "access.api.parsers.StrictFormParser",
        ],
        "DEFAULT_RENDERER_CLASSES": ["access.api.renderers.JsonRenderer"],
        "DEFAULT_SCHEMA_CLASS": "config.openapi.auto_schema.Schema",
        "EXCEPTION_HANDLER": "access.http.errors.handle_exception",
        "DEFAULT_CONTENT_NEGOTIATION_CLASS": "access.api.negotiation.StrictContentNegotiation",
        "URL_FORMAT_OVERRIDE": None,
        "UNAUTHENTICATED_USER": None,
        "UNAUTHENTICATED_TOKEN": None,
    }

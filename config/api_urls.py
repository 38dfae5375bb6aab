"""Every route of the API, most of them below /api/video/, and those that only the reference has."""

from django.urls import path

from access.api.missing import MissingOperationView
from access.api.parsers import StrictJsonParser
from access.api.project_tokens import ProjectTokenViewSet
from access.api.webhooks import WebhookDeliveryViewSet, WebhookViewSet
from rooms.api.bulk import BulkViewSet
from rooms.api.history import HistoryViewSet
from rooms.api.rooms import RoomViewSet
from sessions.api.admissions import AdmissionViewSet, RoomAdmissionViewSet
from sessions.api.compositions import CompositionViewSet
from sessions.api.logs import LogViewSet
from sessions.api.members import MemberViewSet
from sessions.api.recordings import (
    RecordingEventViewSet,
    RoomRecordingViewSet,
    SessionRecordingViewSet,
)
from sessions.api.sessions import RoomSessionViewSet, SessionEventViewSet
from sessions.api.tokens import RoomTokenViewSet

# No router: the contract has no trailing slashes, and these lines show the whole API.
api = [
    path("rooms", RoomViewSet.as_view({"get": "list", "post": "create"}), name="rooms"),
    # A room may be named bulk, so GET reads the room of this name.
    path("rooms/bulk", BulkViewSet.as_view({"post": "create", "get": "retrieve"}), name="bulk"),
    path(
        "rooms/bulk/<str:bulk>/revert",
        BulkViewSet.as_view({"post": "revert"}, parser_classes=[StrictJsonParser]),
        name="revert-bulk",
    ),
    path(
        "rooms/<str:room>/history",
        HistoryViewSet.as_view({"get": "list"}),
        name="room-history",
    ),
    path(
        "rooms/<str:room>/history/<int:change>/revert",
        HistoryViewSet.as_view({"post": "revert"}),
        name="revert",
    ),
    path(
        "rooms/<str:room>",
        RoomViewSet.as_view(
            {
                "get": "retrieve",
                "put": "update",
                "patch": "partial_update",
                "delete": "destroy",
            }
        ),
        name="room",
    ),
    path(
        "rooms/<str:room>/admission",
        RoomAdmissionViewSet.as_view({"get": "retrieve"}),
        name="room-admission",
    ),
    path("room_sessions", RoomSessionViewSet.as_view({"get": "list"}), name="room-sessions"),
    path(
        "room_sessions/admissions",
        AdmissionViewSet.as_view({"post": "create"}),
        name="admissions",
    ),
    path(
        "room_sessions/<str:session>",
        RoomSessionViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="room-session",
    ),
    path(
        "room_sessions/<str:session>/members",
        MemberViewSet.as_view({"get": "list"}),
        name="members",
    ),
    path(
        "room_sessions/<str:session>/members/<str:member>",
        MemberViewSet.as_view({"delete": "destroy"}),
        name="member",
    ),
    path(
        "room_sessions/<str:session>/members/<str:member>/unblock",
        MemberViewSet.as_view({"post": "unblock"}, parser_classes=[StrictJsonParser]),
        name="unblock-member",
    ),
    path(
        "room_sessions/<str:session>/end",
        RoomSessionViewSet.as_view({"post": "end"}, parser_classes=[StrictJsonParser]),
        name="end-session",
    ),
    path(
        "room_sessions/<str:session>/events",
        SessionEventViewSet.as_view({"get": "list"}),
        name="session-events",
    ),
    path(
        "room_sessions/<str:session>/recordings",
        SessionRecordingViewSet.as_view({"get": "list", "post": "report"}),
        name="session-recordings",
    ),
    path("room_recordings", RoomRecordingViewSet.as_view({"get": "list"}), name="recordings"),
    path(
        "room_recordings/<str:recording>",
        RoomRecordingViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="recording",
    ),
    path(
        "room_recordings/<str:recording>/restore",
        RoomRecordingViewSet.as_view({"post": "restore"}, parser_classes=[StrictJsonParser]),
        name="restore-recording",
    ),
    path(
        "room_recordings/<str:recording>/events",
        RecordingEventViewSet.as_view({"get": "list"}),
        name="recording-events",
    ),
    path(
        "room_recordings/<str:recording>/compositions",
        CompositionViewSet.as_view({"get": "list", "post": "compose"}),
        name="compositions",
    ),
    path(
        "room_recordings/<str:recording>/compositions/<str:composition>",
        CompositionViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="composition",
    ),
    path("logs", LogViewSet.as_view({"get": "list"}), name="logs"),
    path("logs/<str:log>", LogViewSet.as_view({"get": "retrieve"}), name="log"),
    path("webhooks", WebhookViewSet.as_view({"get": "list", "post": "create"}), name="webhooks"),
    path(
        "webhooks/<str:webhook>",
        WebhookViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="webhook",
    ),
    path(
        "webhooks/<str:webhook>/rotate",
        WebhookViewSet.as_view({"post": "rotate"}),
        name="rotate-webhook",
    ),
    path(
        "webhooks/<str:webhook>/test",
        WebhookDeliveryViewSet.as_view({"post": "create"}),
        name="test-webhook",
    ),
    path(
        "webhooks/<str:webhook>/deliveries",
        WebhookDeliveryViewSet.as_view({"get": "list"}),
        name="webhook-deliveries",
    ),
    path(
        "webhooks/<str:webhook>/deliveries/<str:delivery>/redeliver",
        WebhookDeliveryViewSet.as_view({"post": "redeliver"}),
        name="redeliver",
    ),
    path(
        "webhooks/<str:webhook>/deliveries/<str:delivery>/give_up",
        WebhookDeliveryViewSet.as_view({"post": "give_up"}),
        name="give-up",
    ),
    path("room_tokens", RoomTokenViewSet.as_view({"post": "create"}), name="room-tokens"),
]

# Below /api/project/.
project = [
    path("tokens", ProjectTokenViewSet.as_view({"post": "create"}), name="api-tokens"),
    path(
        "tokens/<str:api_token>",
        ProjectTokenViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="api-token",
    ),
]

# Below /api/. Their 404 has a reason; that of any other unknown path has none.
MISSING = (
    "video/conferences",
    "video/conferences/<str:conference>",
    "video/conferences/<str:conference>/conference_tokens",
    "video/conferences/<str:conference>/streams",
    "video/conference_tokens",
    "video/conference_tokens/<str:conference_token>",
    "video/conference_tokens/<str:conference_token>/reset",
    "video/rooms/<str:room>/streams",
    "video/room_sessions/<str:session>/streams",
    "video/streams",
    "video/streams/<str:stream>",
)
missing = [path(route, MissingOperationView.as_view()) for route in MISSING]

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from access.api.parsers import StrictJson
from access.api.webhooks import WebhookDeliveryViewSet, WebhookViewSet
from access.staff import views
from access.staff.preferences import prefer
from config.docs import DocsView, SchemaView
from rooms.api.bulk import BulkViewSet
from rooms.api.history import HistoryViewSet
from rooms.api.rooms import RoomViewSet
from sessions.api.admissions import AdmissionViewSet, OutlookViewSet
from sessions.api.members import MemberViewSet
from sessions.api.recordings import RecordingEvents, RecordingsOfSession, RoomRecordingViewSet
from sessions.api.sessions import RoomSessionViewSet, SessionEventViewSet
from sessions.api.tokens import RoomTokenViewSet
from sessions.media.janus_events import janus_events

# No router: the contract knows no trailing slash, and these lines are the whole API.
api = [
    path("rooms", RoomViewSet.as_view({"get": "list", "post": "create"}), name="rooms"),
    # A room may be named bulk: it can still be read by that name.
    path("rooms/bulk", BulkViewSet.as_view({"post": "create", "get": "retrieve"}), name="bulk"),
    path(
        "rooms/bulk/<str:bulk>/revert",
        BulkViewSet.as_view({"post": "revert"}, parser_classes=[StrictJson]),
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
        OutlookViewSet.as_view({"get": "retrieve"}),
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
        "room_sessions/<str:session>/end",
        RoomSessionViewSet.as_view({"post": "end"}, parser_classes=[StrictJson]),
        name="end-session",
    ),
    path(
        "room_sessions/<str:session>/events",
        SessionEventViewSet.as_view({"get": "list"}),
        name="session-events",
    ),
    path(
        "room_sessions/<str:session>/recordings",
        RecordingsOfSession.as_view({"get": "list"}),
        name="session-recordings",
    ),
    path("room_recordings", RoomRecordingViewSet.as_view({"get": "list"}), name="recordings"),
    path(
        "room_recordings/<str:recording>",
        RoomRecordingViewSet.as_view({"get": "retrieve"}),
        name="recording",
    ),
    path(
        "room_recordings/<str:recording>/events",
        RecordingEvents.as_view({"get": "list"}),
        name="recording-events",
    ),
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
    path("room_tokens", RoomTokenViewSet.as_view({"post": "create"}), name="room-tokens"),
]

# The staff's own pages, for themselves.
me = [
    path("sign-in", views.SignIn.as_view(), name="sign-in"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
    path("password", views.ChangePassword.as_view(), name="password"),
    path("preferences", prefer, name="prefer"),
]

# The same pages where the admin leads: one way to sign in, one to change a password.
admin_elsewhere = [
    path("admin/login/", views.SignIn.as_view()),
    path("admin/logout/", LogoutView.as_view()),
    path("admin/password_change/", views.ChangePassword.as_view()),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
]

urlpatterns = [
    *[path(f"api/video/{route.pattern}", route.callback, name=route.name) for route in api],
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", DocsView.as_view(), name="docs"),
    *admin_elsewhere,
    path("media/janus/events", janus_events, name="janus-events"),
    path("admin/", admin.site.urls),
    *me,
    path("", include("rooms.urls")),
    path("", include("sessions.urls")),
]

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from config.docs import DocsView, SchemaView
from config.parsers import StrictJson
from rooms.bulk_api import BulkViewSet
from rooms.history_api import HistoryViewSet
from rooms.viewsets import RoomViewSet
from sessions.viewsets import RoomSessionViewSet

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
    path("room_sessions", RoomSessionViewSet.as_view({"get": "list"}), name="room-sessions"),
    path(
        "room_sessions/<str:session>",
        RoomSessionViewSet.as_view({"get": "retrieve"}),
        name="room-session",
    ),
]

urlpatterns = [
    *[path(f"api/video/{route.pattern}", route.callback, name=route.name) for route in api],
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", DocsView.as_view(), name="docs"),
    path("admin/", admin.site.urls),
    # Until there are pages of our own, the admin is where staff begin; most type it without slash.
    *[path(start, RedirectView.as_view(pattern_name="admin:index")) for start in ("", "admin")],
]

from django.urls import path
from django.views.generic import RedirectView

from rooms import history_views, views

urlpatterns = [
    path("history", history_views.history, name="history"),
    path("history/<int:change_id>/revert", history_views.revert, name="revert-page"),
    path("rooms/<uuid:room_id>/history", history_views.room_history, name="room-page-history"),
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("rooms/new", views.new_room, name="new-room"),
    path("rooms/new/preview", views.new_room_preview, name="new-room-preview"),
    path("rooms/<uuid:room_id>", views.room_page, name="room-page"),
    path("rooms/<uuid:room_id>/preview", views.room_preview, name="room-preview"),
    path("rooms/<uuid:room_id>/delete", views.delete_page, name="delete-room"),
]

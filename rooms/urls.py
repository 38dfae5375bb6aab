from django.urls import path
from django.views.generic import RedirectView

from rooms import history_views

urlpatterns = [
    path("history", history_views.history, name="history"),
    path("history/<int:change_id>/revert", history_views.revert, name="revert-page"),
    path("rooms/<uuid:room_id>/history", history_views.room_history, name="room-page-history"),
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
]

from django.urls import path

from sessions.pages import apply, films, members, now, previews, views
from sessions.pages.jump.views import jump
from sessions.pages.recordings import actions as acts
from sessions.pages.recordings import views as recordings
from sessions.pages.week.views import week

urlpatterns = [
    path("now", now.now, name="now"),
    path("week", week, name="week"),
    path("jump", jump, name="jump"),
    path("recordings", recordings.recording_list, name="recording-list"),
    path("recordings/<uuid:recording_id>", recordings.recording_page, name="recording-page"),
    path(
        "recordings/<uuid:recording_id>/delete", acts.delete_recording_page, name="delete-recording"
    ),
    path(
        "recordings/<uuid:recording_id>/restore",
        acts.restore_recording_page,
        name="restore-recording",
    ),
    path("recordings/<uuid:recording_id>/compose", acts.compose_page, name="compose-recording"),
    path("recordings/<str:signed>", films.film, name="film"),
    path("previews/<uuid:session_id>.<str:key>.webp", previews.preview, name="preview"),
    path("sessions", views.session_list, name="session-list"),
    path("sessions/<uuid:session_id>", views.session_page, name="session-page"),
    path("sessions/<uuid:session_id>/preview", previews.session_preview, name="session-preview"),
    path("sessions/<uuid:session_id>/end", views.end_page, name="end-session"),
    path("sessions/<uuid:session_id>/apply", apply.apply_to_session, name="apply-to-session"),
    path(
        "sessions/<uuid:session_id>/members/<uuid:member_id>/remove",
        members.remove_page,
        name="remove-member",
    ),
    path(
        "sessions/<uuid:session_id>/members/<uuid:member_id>/unblock",
        members.unblock_page,
        name="unblock-member-page",
    ),
]

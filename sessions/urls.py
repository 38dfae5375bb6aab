from django.urls import path

from sessions import apply_views, now_views, views

urlpatterns = [
    path("now", now_views.now, name="now"),
    path("sessions", views.session_list, name="session-list"),
    path("sessions/<uuid:session_id>", views.session_page, name="session-page"),
    path("sessions/<uuid:session_id>/end", views.end, name="end-session"),
    path("sessions/<uuid:session_id>/apply", apply_views.apply_to_session, name="apply-to-session"),
    path(
        "sessions/<uuid:session_id>/members/<uuid:member_id>/remove",
        views.remove,
        name="remove-member",
    ),
]

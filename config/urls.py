from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from access.staff import views
from access.staff.own_sessions import end_sign_ins, own_sign_ins
from access.staff.preferences import prefer
from access.staff.zones import time_zones
from config.api_urls import api, missing, project
from config.openapi.views import DocsView, SchemaView
from sessions.media.janus_events import janus_events

# Staff pages for the user's own account.
account_pages = [
    path("sign-in", views.SignIn.as_view(), name="sign-in"),
    path("sign-out", views.SignOut.as_view(), name="sign-out"),
    path("password", views.ChangePassword.as_view(), name="password"),
    path("account/sign-ins", own_sign_ins, name="own-sign-ins"),
    path("account/sign-ins/end", end_sign_ins, name="end-sign-ins"),
    path("preferences", prefer, name="prefer"),
    path("time-zones", time_zones, name="time-zones"),
]

# The same pages below admin/, so that there is one sign-in and one password form.
admin_elsewhere = [
    path("admin/login/", views.SignIn.as_view()),
    path("admin/logout/", views.SignOut.as_view()),
    path("admin/password_change/", views.ChangePassword.as_view()),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
]

urlpatterns = [
    *[path(f"api/video/{route.pattern}", route.callback, name=route.name) for route in api],
    *[path(f"api/project/{route.pattern}", route.callback, name=route.name) for route in project],
    *[path(f"api/{route.pattern}", route.callback) for route in missing],
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", DocsView.as_view(), name="docs"),
    *admin_elsewhere,
    path("media/janus/events", janus_events, name="janus-events"),
    path("admin/", admin.site.urls),
    *account_pages,
    path("", include("access.urls")),
    path("", include("rooms.urls")),
    path("", include("sessions.urls")),
]

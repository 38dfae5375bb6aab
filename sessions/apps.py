from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions"
    # django.contrib.sessions owns the label "sessions"; this one rules tables,
    # foreign keys, admin addresses, templates and permissions.
    label = "room_sessions"
    verbose_name = _("Room sessions")

    def ready(self) -> None:
        from rooms.api import base  # noqa: PLC0415
        from rooms.display import ignored_settings  # noqa: PLC0415
        from rooms.pages.room import answer  # noqa: PLC0415
        from sessions.api import consequences  # noqa: PLC0415
        from sessions.lifecycle import token_forecast  # noqa: PLC0415
        from sessions.media.server import media_server  # noqa: PLC0415

        base.consequences_of = consequences.of
        answer.forecast_of_token = token_forecast.forecast_of_token
        ignored_settings.ignored_settings = lambda: media_server().unsupported

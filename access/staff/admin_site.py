"""The index of Django admin: the records of rooms and deliveries have a group of their own."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext

# Models that staff pages show better; superusers read them as they are stored.
RECORDS = ("Room", "RoomChange", "RoomSession", "SignInRecord", "WebhookDelivery")


class GreenroomAdminSite(AdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = [model for app in apps for model in app["models"]]
        records = [model for model in models if model["object_name"] in RECORDS]
        for app in apps:
            app["models"] = [model for model in app["models"] if model not in records]
        rest = [app for app in apps if app["models"]]
        return [*rest, _group(records)] if request.user.is_superuser else rest


def _group(records: list[Any]) -> dict[str, Any]:
    return {
        "name": gettext("Records"),
        "app_label": "records",
        "app_url": "",
        "has_module_perms": True,
        "models": records,
    }


class GreenroomAdminConfig(AdminConfig):
    default_site = "access.staff.admin_site.GreenroomAdminSite"

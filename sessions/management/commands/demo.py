"""Fill an empty database with demo data, and print how to sign in."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from access.models import ApiToken, Project, Scope
from rooms.models import Room
from sessions.demo import rooms

LOGIN = "staff"


class Command(BaseCommand):
    help = "Create demo data in an empty database; otherwise print the number of rooms."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--none", action="store_true", help="Create nothing; print how to sign in."
        )

    def handle(self, **options: Any) -> None:
        with transaction.atomic():
            is_new = not (options["none"] or Project.objects.exists())
            lines = _create() if is_new else _existing()
        self.stdout.write("\n".join(["", *lines, ""]))


def _create() -> list[str]:
    project = rooms.make_rooms(timezone.now())
    issued, token = ApiToken.issue(project, "demo", scopes=[Scope.VIDEO.value])
    room = Room.objects.get(project=project, name="ward-3-family")
    return [
        f"A demo is ready: the project {project}, with {project.rooms.count()} rooms.",
        "",
        f"  Staff pages         {_base()}/",
        *_login(),
        f"  API documentation   {_base()}/api/docs",
        f"  Project id          {project.pk}",
        f"  API token           {token}   (shown this once)",
        f"  Token expires       {issued.expires_at:%Y-%m-%d}",
        "",
        "Change a room:",
        "",
        f"  curl -X PUT -u {project.pk}:{token} \\",
        "    -H 'Content-Type: application/json' -d '{\"max_members\": 25}' \\",
        f"    {_base()}/api/video/rooms/{room.pk}",
    ]


def _existing() -> list[str]:
    return [
        _contents(),
        "",
        f"  Staff pages         {_base()}/",
        *_existing_login(),
        "  New token           "
        f'./run manage create_token --project "{_project_name()}" --scope video',
    ]


def _contents() -> str:
    if Project.objects.exists():
        return f"The database already contains data: {Room.objects.count()} rooms."
    return "The database has no projects. Create the first staff account and a token:"


def _project_name() -> str:
    is_demo = Project.objects.filter(name=rooms.PROJECT).exists()
    return rooms.PROJECT if is_demo else "NAME"


def _existing_login() -> list[str]:
    if not get_user_model().objects.filter(username=LOGIN).exists():
        return ["  New login           ./run manage createsuperuser"]
    return [
        f"  Login               {LOGIN}   (its password cannot be shown again)",
        f"  New password        ./run manage changepassword {LOGIN}",
    ]


def _login() -> list[str]:
    users = get_user_model().objects
    if users.filter(username=LOGIN).exists():
        return [f"  Login               {LOGIN}   (it already exists)"]
    password = secrets.token_urlsafe(12)
    users.create_superuser(LOGIN, password=password)
    return [
        f"  Login               {LOGIN}",
        f"  Password            {password}   (shown this once)",
    ]


def _base() -> str:
    # A wildcard address cannot be called, so loopback replaces it.
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.HOST, settings.HOST)  # noqa: S104
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http{'s' if settings.HTTPS else ''}://{host}:{settings.PORT}"

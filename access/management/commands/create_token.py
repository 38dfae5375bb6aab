"""Create an API token and print its secret."""

import json
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from access.models import TOKEN_LIFE, ApiToken, Project, Scope
from access.values.lines import trimmed

# Far from the end of the calendar.
MOST_DAYS = 36_500


class Command(BaseCommand):
    help = "Create an API token, and its project if no project has the name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, help="the project's name")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            metavar="SCOPE",
            help=f"a permission of the token; repeatable: {', '.join(Scope.values)}",
        )
        parser.add_argument("--name", default="command line", help="where the token is used")
        parser.add_argument(
            "--expires-in-days",
            type=int,
            default=TOKEN_LIFE.days,
            metavar="N",
            help="default: %(default)s",
        )
        parser.add_argument("--never-expires", action="store_true", help="no expiry")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, **options: Any) -> None:
        fields = {
            "name": options["name"],
            "scopes": _scopes(options["scope"]),
            "expires_at": None if options["never_expires"] else _expiry(options["expires_in_days"]),
        }
        try:
            token, secret = _issue(options["project"], fields)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from None
        self.stdout.write(_as_json(token, secret) if options["json"] else _as_text(token, secret))


@transaction.atomic
def _issue(name: str, fields: dict[str, Any]) -> tuple[ApiToken, str]:
    project = Project.objects.filter(name=trimmed(name)).first()
    if project is None:
        project = Project(name=name)
        project.full_clean()
        project.save()
    return ApiToken.issue(project, **fields)


def _scopes(given: list[str]) -> list[str]:
    for scope in given:
        if scope not in Scope.values:
            raise CommandError(f"Unknown scope {scope!r}. Use: {', '.join(Scope.values)}.")
    return sorted(set(given))


def _expiry(days: int) -> datetime:
    if not 1 <= days <= MOST_DAYS:
        raise CommandError(f"--expires-in-days must be 1 to {MOST_DAYS}, not {days}.")
    return timezone.now() + timedelta(days=days)


def _as_json(token: ApiToken, secret: str) -> str:
    return json.dumps({"project_id": str(token.project_id), "token": secret})


def _as_text(token: ApiToken, secret: str) -> str:
    return (
        f"Project  {token.project}\n"
        f"User     {token.project_id}\n"
        f"Password {secret}\n"
        f"Scopes   {', '.join(token.scopes) or 'none'}\n"
        f"Expires  {token.expires_at or 'never'}\n"
        "The password cannot be shown again."
    )

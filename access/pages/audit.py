"""Entries in the log of Django admin for changes through the pages of staff."""

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.http import HttpRequest


def log_addition(request: HttpRequest, row: Any) -> None:
    _log(request, row, ADDITION, [{"added": {}}])


def log_change(request: HttpRequest, row: Any, words: str) -> None:
    _log(request, row, CHANGE, words)


def log_deletion(request: HttpRequest, row: Any) -> None:
    """Log a row before it is deleted."""
    _log(request, row, DELETION, "")


def _log(request: HttpRequest, row: Any, action: int, message: Any) -> None:
    user: Any = request.user
    LogEntry.objects.log_actions(user.pk, [row], action, message, single_object=True)

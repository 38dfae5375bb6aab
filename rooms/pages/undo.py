"""The last change of a browser session, which a button or Ctrl Z undoes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from rooms.changes.validation import Change
from rooms.display.values import Moved, moved
from rooms.models.job import Job, JobKind

# A message with this tag has the button (templates/includes/_messages.html).
UNDO = "undo"
FIELDS_NAMED = 3
LONGEST_VALUE = 60


def offer_undo(request: HttpRequest, action: str, **details: Any) -> None:
    """Let the next pages undo a change: the button sends POST to the address `action`."""
    request.session["undo"] = {"action": action, "is_redo": False, **details}


def offer_undo_of(
    request: HttpRequest, change: Change, *, is_redo: bool = False, back: str = ""
) -> None:
    """Let the next pages undo a change of one room; `is_redo` if the change was an undo.

    The undo leads to the address `back`, by default the room's page.
    """
    action = reverse("room-undo", args=[change.room.pk])
    offer_undo(request, action, version=change.room.version, is_redo=is_redo, back=back)


def offer_undo_of_job(request: HttpRequest, job: Job) -> None:
    """Let the next pages undo a bulk edit that changed rooms."""
    if job.is_applied and job.mode:
        action = reverse("bulk-undo", args=[job.pk])
        is_redo = job.kind == JobKind.UNDO and not job.request.get("redo")
        offer_undo(request, action, is_redo=is_redo)


def report_saved(request: HttpRequest, change: Change, *, back: str = "", note: str = "") -> None:
    """Add the message about a saved change, with Undo; `note` is text or HTML after it."""
    if not change.moved:
        messages.info(request, gettext("No changes to save."))
        return
    offer_undo_of(request, change, back=back)
    saved = gettext("Saved.")
    words = f"{saved} {change_words(change)}"
    words = format_html("{} {}", words, note) if note else words
    messages.success(request, words, extra_tags=UNDO)


def change_words(change: Change) -> str:
    """Return "Opens: Mon 30 Nov 2026 20:00 (was …)." for the fields that a change moved."""
    fields = moved(change.as_json())
    words = [_field_words(field) for field in fields[:FIELDS_NAMED]]
    if len(fields) > FIELDS_NAMED:
        words.append(gettext("and {number} more").format(number=len(fields) - FIELDS_NAMED))
    return f"{', '.join(words)}."


def _field_words(field: Moved) -> str:
    words = gettext("{field}: {after} (was {before})")
    return words.format(
        field=field.label, after=short_value(field.after), before=short_value(field.before)
    )


def short_value(value: str | None) -> str:
    """Return a value in one line, cut if it is long; "none" for no value."""
    if not value:
        return gettext("none")
    text = " ".join(value.split())
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"

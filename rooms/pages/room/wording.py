"""Sentences with counts for the pages of one room."""

from django.utils.translation import ngettext


def people_inside_text(inside: int) -> str:
    return ngettext("%(inside)s person is inside.", "%(inside)s people are inside.", inside) % {
        "inside": inside
    }


def live_text(inside: int) -> str:
    """Return why a room that is live cannot be deleted."""
    return ngettext(
        "This room is live with %(inside)s person inside. End the session first.",
        "This room is live with %(inside)s people inside. End the session first.",
        inside,
    ) % {"inside": inside}


def kept_sessions_text(sessions: int) -> str:
    """Return the sentence on the past sessions of a room to delete."""
    return ngettext(
        "%(sessions)s past session is kept, with its members.",
        "%(sessions)s past sessions are kept, with their members.",
        sessions,
    ) % {"sessions": sessions}


def choices_text(fields: int) -> str:
    """Return the request to choose between two changes of the same fields."""
    return ngettext(
        "Not saved yet. You both changed %(fields)s field. Choose a value.",
        "Not saved yet. You both changed %(fields)s fields. Choose their values.",
        fields,
    ) % {"fields": fields}

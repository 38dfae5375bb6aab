"""The lifecycle of a session: admission, departure, and settings that change while it runs."""

from sessions.lifecycle.admission import (
    Admission,
    AdmissionRefused,
    MemberIdTaken,
    NoSuchRoom,
    admit,
    forecast,
)
from sessions.lifecycle.departure import end, end_empty, leave, next_removal, remove_due

__all__ = [
    "Admission",
    "AdmissionRefused",
    "MemberIdTaken",
    "NoSuchRoom",
    "admit",
    "end",
    "end_empty",
    "forecast",
    "leave",
    "next_removal",
    "remove_due",
]

"""How a session lives: admission, departure, settings applied while it runs."""

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

"""How a session lives: admission, departure, settings applied while it runs."""

from sessions.lifecycle.admission import (
    Admission,
    MemberIdTaken,
    NoSuchRoom,
    Refused,
    Ticket,
    admit,
    outlook,
)
from sessions.lifecycle.departure import end, end_empty, leave, next_removal, remove_due

__all__ = [
    "Admission",
    "MemberIdTaken",
    "NoSuchRoom",
    "Refused",
    "Ticket",
    "admit",
    "end",
    "end_empty",
    "leave",
    "next_removal",
    "outlook",
    "remove_due",
]

"""The lifecycle of a session: admission, departure, and settings that change while it runs."""

from sessions.lifecycle.admission import Admission, admit
from sessions.lifecycle.auto_created import delete_unused_rooms
from sessions.lifecycle.blocks import unblock
from sessions.lifecycle.departure import end, end_empty, leave, next_removal, remove_due
from sessions.lifecycle.refusals import (
    AdmissionRefused,
    NoSuchRoom,
    RoomDeleted,
    TokenBlocked,
)
from sessions.lifecycle.refused_attempts import prune_refusals, record_refusal
from sessions.lifecycle.stays import MemberIdTaken

__all__ = [
    "Admission",
    "AdmissionRefused",
    "MemberIdTaken",
    "NoSuchRoom",
    "RoomDeleted",
    "TokenBlocked",
    "admit",
    "delete_unused_rooms",
    "end",
    "end_empty",
    "leave",
    "next_removal",
    "prune_refusals",
    "record_refusal",
    "remove_due",
    "unblock",
]

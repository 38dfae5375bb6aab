"""What all calls of a kind take, send along and refuse: the API's description is made of it."""

from dataclasses import dataclass, field

from config.openapi.responses import name_of

CONDITIONS = ("If-Match", "If-None-Match", "If-Unmodified-Since")


@dataclass(frozen=True)
class OperationSpec:
    """What all calls of a kind share: in words, what they take and send along, and refuse how."""

    done: str
    takes: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    # Each by its status, and its name where it is not the status's own.
    refuses: dict[int, str] = field(default_factory=dict)
    # Calls that take what the answer says.
    leads_to: dict[str, dict[str, str]] = field(default_factory=dict)


def refusing(*statuses: int, **variants: int) -> dict[int, str]:
    """Return the names of refusals by status; a variant is Name=status."""
    return {
        **{status: name_of(status) for status in statuses},
        **{status: name for name, status in variants.items()},
    }


_CHANGE = OperationSpec(
    "What it has become, or on a dry run would.",
    ("PreferOfChange", "dry_run", *CONDITIONS),
    ("ETag", "Preference-Applied"),
    refusing(412, 422, 428),
)
_BULK = ("PreferDryRun", "dry_run", "Idempotency-Key")
_OF_WEBHOOK = OperationSpec(
    "What it has become, or on a dry run would.",
    ("Prefer", "dry_run"),
    ("Preference-Applied",),
    refusing(422),
)
_TO_WEBHOOK = OperationSpec(
    "What is on its way, or on a dry run would be.",
    ("PreferDryRun", "dry_run"),
    ("Preference-Applied",),
    refusing(422, WebhookOff=409),
)
# By the operation's name, or else by its action.
KINDS = {
    "list": OperationSpec("A page of the list.", refuses=refusing(422)),
    "list_room_sessions": OperationSpec(
        "A page of the list.",
        refuses=refusing(422),
        leads_to={
            name: {"session": "$response.body#/data/0/id"}
            for name in (
                "get_room_session",
                "list_room_session_members",
                "list_room_session_events",
                "list_room_session_recordings",
            )
        },
    ),
    "list_room_recordings": OperationSpec(
        "A page of the list.",
        refuses=refusing(422),
        leads_to={
            name: {"recording": "$response.body#/data/0/id"}
            for name in ("get_room_recording", "list_room_recording_events")
        },
    ),
    "list_room_history": OperationSpec(
        "A page of the list.",
        refuses=refusing(422),
        leads_to={
            "revert_room_change": {
                "room": "$response.body#/data/0/room_id",
                "change": "$response.body#/data/0/id",
            }
        },
    ),
    "retrieve": OperationSpec("What there is."),
    "get_room": OperationSpec("What there is.", sends=("ETag",)),
    "create": OperationSpec(
        "What was made, or on a dry run would be.",
        ("Prefer", "dry_run"),
        ("ETag", "Location", "Preference-Applied"),
        refusing(422),
    ),
    "create_room_token": OperationSpec(
        "A token. Nothing is kept of it.",
        ("PreferStrict",),
        ("Preference-Applied",),
        refusing(422),
    ),
    "admit_member": OperationSpec(
        "Who was let in, or on a dry run would be.",
        ("Prefer", "dry_run"),
        ("Preference-Applied",),
        refusing(422, NotAdmitted=403, StayTaken=409),
        {
            "patch_room_session": {"session": "$response.body#/session/id"},
            "delete_room_session_member": {
                "session": "$response.body#/session/id",
                "member": "$response.body#/member/id",
            },
            "end_room_session": {"session": "$response.body#/session/id"},
        },
    ),
    "get_room_admission": OperationSpec("The answer, as things stand.", refuses=refusing(422)),
    "patch_room_session": OperationSpec(
        "What it has become, or on a dry run would.",
        ("Prefer", "dry_run"),
        ("Preference-Applied",),
        refusing(422, SessionOver=409),
    ),
    "end_room_session": OperationSpec(
        "The session as it ended, or on a dry run would.",
        ("PreferDryRun", "dry_run"),
        ("Preference-Applied",),
        refusing(422),
    ),
    "delete_room_session_member": OperationSpec(
        "They are out, or on a dry run could be.",
        ("PreferDryRun", "dry_run"),
        refuses=refusing(422),
    ),
    "create_webhook": OperationSpec(
        "What was made, or on a dry run would be; with its secret.",
        ("Prefer", "dry_run"),
        ("Location", "Preference-Applied"),
        refusing(422, WebhooksFull=409),
        leads_to={"test_webhook": {"webhook": "$response.body#/id"}},
    ),
    "update_webhook": _OF_WEBHOOK,
    "delete_webhook": OperationSpec(
        "It is gone, or on a dry run could be.",
        ("PreferDryRun", "dry_run"),
        refuses=refusing(422),
    ),
    "rotate_webhook_secret": _OF_WEBHOOK,
    "test_webhook": _TO_WEBHOOK,
    "redeliver_webhook": _TO_WEBHOOK,
    "update": _CHANGE,
    "partial_update": _CHANGE,
    "destroy": OperationSpec(
        "It is gone, or on a dry run could be.",
        ("PreferDryRun", "dry_run", *CONDITIONS),
        refuses=refusing(409, 412, 422, 428),
    ),
    "change_rooms": OperationSpec(
        "What became of each room, or on a dry run would.",
        _BULK,
        refuses=refusing(428, InFlight=409, NoneChanged=422),
        leads_to={"revert_bulk_change": {"bulk": "$response.body#/bulk_id"}},
    ),
    "revert_bulk_change": OperationSpec(
        "What became of each room, or on a dry run would.",
        _BULK,
        refuses=refusing(InFlight=409, NoneChanged=422),
    ),
    "revert_room_change": OperationSpec(
        "What it has become, or on a dry run would.",
        ("PreferDryRun", "dry_run", *CONDITIONS),
        ("ETag",),
        refusing(412, 422, 428, NotReverted=409),
    ),
}

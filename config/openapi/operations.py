"""The headers, parameters and errors of each kind of operation in the OpenAPI document."""

from dataclasses import dataclass, field, replace

from config.openapi.responses import name_of

DRY_RUN = "in a dry run: as it would be"


@dataclass(frozen=True)
class OperationSpec:
    """A kind of operation: its success, its parameters, its response headers and its errors."""

    done: str
    takes: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    # The name of each error response by its status.
    refuses: dict[int, str] = field(default_factory=dict)
    # Operations that take values of the response as parameters.
    leads_to: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Its parameters with Prefer, because every call can be strict about its query."""
        prefers = any(name.startswith("Prefer") for name in self.takes)
        return self.takes if prefers else ("PreferStrict", *self.takes)


def refusing(*statuses: int, **variants: int) -> dict[int, str]:
    """Return the names of error responses by status; a variant is Name=status."""
    return {
        **{status: name_of(status) for status in statuses},
        **{status: name for name, status in variants.items()},
    }


_CHANGE = OperationSpec(
    f"The updated resource ({DRY_RUN}).",
    ("PreferOfChange", "dry_run"),
    ("ETag",),
    refusing(422, 428),
)
_BULK = ("Prefer", "dry_run")
_OF_WEBHOOK = OperationSpec(
    f"The updated webhook ({DRY_RUN}).",
    ("Prefer", "dry_run"),
    ("ETag",),
    refusing(422),
)
_TO_WEBHOOK = OperationSpec(
    f"The delivery ({DRY_RUN}).",
    ("Prefer", "dry_run"),
    refuses=refusing(422, WebhookOff=409),
)
# The key is the operation's name, or else its action.
KINDS = {
    "list": OperationSpec("One page of the list.", refuses=refusing(422)),
    "list_room_sessions": OperationSpec(
        "One page of the list.",
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
    "list_logs": OperationSpec(
        "One page of the list.",
        refuses=refusing(422),
        leads_to={"get_log": {"log": "$response.body#/data/0/id"}},
    ),
    "list_room_recordings": OperationSpec(
        "One page of the list.",
        refuses=refusing(422),
        leads_to={
            name: {"recording": "$response.body#/data/0/id"}
            for name in (
                "get_room_recording",
                "list_room_recording_events",
                "delete_room_recording",
                "restore_room_recording",
            )
        },
    ),
    "delete_room_recording": OperationSpec(
        "Deleted (in a dry run: could be deleted).",
        ("Prefer", "dry_run"),
        refuses=refusing(422, RecordingRuns=409),
    ),
    "restore_room_recording": OperationSpec(
        f"The recording ({DRY_RUN}).", ("Prefer", "dry_run"), refuses=refusing(422, FilesGone=409)
    ),
    "report_room_session_recording": OperationSpec(
        f"The recording ({DRY_RUN}).",
        ("Prefer", "dry_run"),
        refuses=refusing(422, RecordsItself=409),
    ),
    "list_room_recording_compositions": OperationSpec(
        "One page of the list.",
        refuses=refusing(422),
        leads_to={
            name: {"composition": "$response.body#/data/0/id"}
            for name in ("get_room_recording_composition", "delete_room_recording_composition")
        },
    ),
    "compose_room_recording": OperationSpec(
        f"The film, which waits for a mixer ({DRY_RUN}, with an estimate).",
        ("Prefer", "dry_run"),
        ("Location",),
        refusing(422, NotComposable=409),
    ),
    "delete_room_recording_composition": OperationSpec(
        "Deleted (in a dry run: could be deleted).",
        ("Prefer", "dry_run"),
        refuses=refusing(422, RecordingDeleted=409),
    ),
    "list_room_history": OperationSpec(
        "One page of the list.",
        refuses=refusing(422),
        leads_to={
            "revert_room_change": {
                "room": "$response.body#/data/0/room_id",
                "change": "$response.body#/data/0/id",
            }
        },
    ),
    "retrieve": OperationSpec("The resource."),
    "get_webhook": OperationSpec("The webhook.", ("IfNoneMatchOfRead",), ("ETag",)),
    "get_room_session": OperationSpec("The session.", ("IfNoneMatchOfRead",), ("ETag",)),
    "get_room": OperationSpec("The room.", ("IfNoneMatchOfRead",), ("ETag",)),
    "create": OperationSpec(
        f"The new resource ({DRY_RUN}).",
        ("Prefer", "dry_run"),
        ("ETag", "Location"),
        refusing(422),
    ),
    "create_room_token": OperationSpec(
        "The room token. The server does not store it.",
        ("PreferStrict",),
        refuses=refusing(422),
    ),
    "admit_member": OperationSpec(
        f"The admitted member and the session ({DRY_RUN}).",
        ("Prefer", "dry_run"),
        refuses=refusing(422, NotAdmitted=403, StayTaken=409),
        leads_to={
            "patch_room_session": {"session": "$response.body#/session/id"},
            "delete_room_session_member": {
                "session": "$response.body#/session/id",
                "member": "$response.body#/member/id",
            },
            "end_room_session": {"session": "$response.body#/session/id"},
        },
    ),
    "get_room_admission": OperationSpec(
        "The decision, for the present settings and sessions.", refuses=refusing(422)
    ),
    "patch_room_session": OperationSpec(
        f"The updated session ({DRY_RUN}).",
        ("Prefer", "dry_run"),
        ("ETag",),
        refusing(422, SessionOver=409),
    ),
    "end_room_session": OperationSpec(
        f"The ended session ({DRY_RUN}).",
        ("Prefer", "dry_run"),
        ("ETag",),
        refusing(422),
    ),
    "delete_room_session_member": OperationSpec(
        "The member has left (in a dry run: could leave).",
        ("Prefer", "dry_run"),
        refuses=refusing(422),
    ),
    "unblock_room_session_member": OperationSpec(
        f"The member ({DRY_RUN}).", ("Prefer", "dry_run"), refuses=refusing(422)
    ),
    "create_api_token": OperationSpec(
        f"The new API token with its secret ({DRY_RUN}, without a secret).",
        ("Prefer", "dry_run"),
        refuses=refusing(422, OfAnotherToken=409),
    ),
    "patch_api_token": OperationSpec(
        f"The updated API token ({DRY_RUN}).", ("Prefer", "dry_run"), refuses=refusing(422)
    ),
    "delete_api_token": OperationSpec(
        "Revoked (in a dry run: could be revoked).", ("Prefer", "dry_run"), refuses=refusing(422)
    ),
    "create_webhook": OperationSpec(
        f"The new webhook with its secret ({DRY_RUN}, without a secret).",
        ("Prefer", "dry_run"),
        ("ETag", "Location"),
        refusing(422, WebhooksFull=409),
        leads_to={"test_webhook": {"webhook": "$response.body#/id"}},
    ),
    "update_webhook": _OF_WEBHOOK,
    "delete_webhook": OperationSpec(
        "Deleted (in a dry run: could be deleted).",
        ("Prefer", "dry_run"),
        refuses=refusing(422),
    ),
    "rotate_webhook_secret": _OF_WEBHOOK,
    "test_webhook": _TO_WEBHOOK,
    "redeliver_webhook": _TO_WEBHOOK,
    "give_up_webhook_delivery": replace(_TO_WEBHOOK, refuses=refusing(422, Delivered=409)),
    "update": _CHANGE,
    "partial_update": _CHANGE,
    "destroy": OperationSpec(
        "Deleted (in a dry run: could be deleted).",
        ("Prefer", "dry_run"),
        refuses=refusing(409, 422, 428),
    ),
    "change_rooms": OperationSpec(
        f"The result for each room ({DRY_RUN}).",
        _BULK,
        refuses=refusing(428, NoneChanged=422),
        leads_to={"revert_bulk_change": {"bulk": "$response.body#/bulk_id"}},
    ),
    "revert_bulk_change": OperationSpec(
        f"The result for each room ({DRY_RUN}).",
        _BULK,
        refuses=refusing(NoneChanged=422),
    ),
    "revert_room_change": OperationSpec(
        f"The updated room ({DRY_RUN}).",
        ("Prefer", "dry_run"),
        ("ETag",),
        refusing(422, 428, NotReverted=409),
    ),
}

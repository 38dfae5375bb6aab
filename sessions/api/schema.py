"""Schemas of admissions and of changed sessions in the OpenAPI document."""

from access.api.openapi import described
from rooms.api.schema import APPLIED
from rooms.rules.join_policy import Reason
from sessions.models import JoinAs, MediaAllowed

ADMITTED = {"$ref": "#/components/schemas/Admission"}
ROOM_ADMISSION = {"$ref": "#/components/schemas/RoomAdmission"}
CHANGED_SESSION = {"$ref": "#/components/schemas/ChangedRoomSession"}

_UUID = {"type": "string", "format": "uuid"}
_NULLABLE_TIME = {"type": ["string", "null"], "format": "date-time"}
_PLACE = {
    "description": "The member's seat on the media server, for their browser only: the token opens "
    "no other room. Null if your gateway manages the media.",
    "anyOf": [
        {"type": "null"},
        described(
            server={"const": "janus"},
            url={"type": "string", "description": "The URL of Janus' HTTP API."},
            room={"type": "string", "description": "The room of Janus' VideoRoom plugin."},
            id={
                "type": "string",
                "description": "The participant's id to join with; others are removed.",
            },
            token={"type": "string", "description": "The token for every request and for joining."},
        ),
    ],
}
# Refusals besides those of the join policy.
REFUSALS = ("bad_token", "no_such_room")
_DENIED = [reason.value for reason in Reason if reason != Reason.OPEN]


SESSION_SCHEMAS = {
    "Admission": described(
        ("dry_run",),
        member={"$ref": "#/components/schemas/Member"},
        session={"$ref": "#/components/schemas/RoomSession"},
        leave_by={
            **_NULLABLE_TIME,
            "description": "When the member has to leave, by the present settings; null: never.",
        },
        join_as={"type": "string", "enum": JoinAs.values},
        media_allowed={"type": "string", "enum": MediaAllowed.values},
        permissions={
            "type": "array",
            "items": {"type": "string"},
            "description": "What the member may do in the session. Your gateway must enforce it.",
        },
        meta={"type": "object", "additionalProperties": {}},
        media=_PLACE,
        dry_run={"const": True, "description": "Only in the response to a dry run."},
    ),
    "NotAdmitted": described(
        ("detail", "reason", "retry_at"),
        error={"type": "string", "examples": ["Forbidden"]},
        detail={"type": "string", "description": "The reason as a sentence, to show to users."},
        reason={
            "type": "string",
            "enum": [*_DENIED, *REFUSALS],
            "description": "The reason, for programs; left out if the API token is refused.",
        },
        retry_at={**_NULLABLE_TIME, "description": "When to try again, if that is known."},
    ),
    "RoomAdmission": described(
        allowed={"type": "boolean"},
        reason={"type": "string", "enum": [reason.value for reason in Reason]},
        sentence={"type": "string", "description": "The reason as a sentence, to show to users."},
        changes_at={
            **_NULLABLE_TIME,
            "description": "When the schedule will change the decision; null: never, or not known.",
        },
        at={"type": "string", "format": "date-time", "description": "The time of the decision."},
    ),
    "ChangedRoomSession": {
        "allOf": [
            {"$ref": "#/components/schemas/RoomSession"},
            described(("dry_run",), dry_run=APPLIED),
        ]
    },
    "Applied": described(
        changes={"$ref": "#/components/schemas/Changes"},
        removals={
            "type": "array",
            "items": described(
                member=described(id=_UUID, name={"type": ["string", "null"]}),
                leave_by={
                    "type": "array",
                    "minItems": 2,
                    "maxItems": 2,
                    "items": _NULLABLE_TIME,
                    "description": "When the member has to leave, before and after the change.",
                },
                at_once={"type": "boolean", "description": "Whether the member has to leave now."},
            ),
            "description": "The members inside whose leave_by changes, earliest first.",
        },
    ),
}

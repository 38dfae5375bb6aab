"""Who is let in, who has to leave, and what settings do to a session, as the description tells."""

from access.api.openapi import described
from rooms.api.schema import APPLIED
from rooms.rules.join_policy import Reason
from sessions.models import JoinAs, MediaAllowed

ADMITTED = {"$ref": "#/components/schemas/Admission"}
OUTLOOK = {"$ref": "#/components/schemas/RoomAdmission"}
CHANGED_SESSION = {"$ref": "#/components/schemas/ChangedRoomSession"}

_UUID = {"type": "string", "format": "uuid"}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_PLACE = {
    "description": "Where the media server lets the member in, for their browser alone: the token "
    "opens no other room. Null where your gateway looks after the media.",
    "anyOf": [
        {"type": "null"},
        described(
            server={"const": "janus"},
            url={"type": "string", "description": "Of Janus' HTTP API."},
            room={"type": "string", "description": "Of the VideoRoom plugin."},
            id={"type": "string", "description": "To join by; no other is let stay."},
            token={"type": "string", "description": "For every request, and to join."},
        ),
    ],
}
# Why nobody is let in, beyond what settings say.
REFUSALS = ("bad_token", "no_such_room")
_DENIED = [reason.value for reason in Reason if reason != Reason.OPEN]


SESSION_SCHEMAS = {
    "Admission": described(
        ("dry_run",),
        member={"$ref": "#/components/schemas/Member"},
        session={"$ref": "#/components/schemas/RoomSession"},
        leave_by={
            **_MOMENT,
            "description": "When the member must be out, as things stand; null: never.",
        },
        join_as={"type": "string", "enum": JoinAs.values},
        media_allowed={"type": "string", "enum": MediaAllowed.values},
        permissions={
            "type": "array",
            "items": {"type": "string"},
            "description": "What the member may do inside; it is yours to see to it.",
        },
        meta={"type": "object", "additionalProperties": {}},
        media=_PLACE,
        dry_run={"const": True, "description": "In the answer to a dry run only."},
    ),
    "NotAdmitted": described(
        ("detail", "reason", "retry_at"),
        error={"type": "string", "examples": ["Forbidden"]},
        detail={"type": "string", "description": "Why, in one sentence for people."},
        reason={
            "type": "string",
            "enum": [*_DENIED, *REFUSALS],
            "description": "Why, for programs; left out where it is the API token that is refused.",
        },
        retry_at={**_MOMENT, "description": "When to ask again, where somebody knows."},
    ),
    "RoomAdmission": described(
        allowed={"type": "boolean"},
        reason={"type": "string", "enum": [reason.value for reason in Reason]},
        sentence={"type": "string", "description": "The same for people."},
        changes_at={
            **_MOMENT,
            "description": "When the clock will change the answer; null: never, or nobody knows.",
        },
        at={"type": "string", "format": "date-time", "description": "The moment asked about."},
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
                    "items": _MOMENT,
                    "description": "When the member had to be out, and when it would be then.",
                },
                at_once={"type": "boolean", "description": "Whether that is now."},
            ),
            "description": "Those inside who have to leave at another moment, soonest first.",
        },
    ),
}

"""The schema of refused admissions in the OpenAPI document."""

from access.api.openapi import described
from rooms.rules.join_policy import Reason

_NULLABLE_TIME = {"type": ["string", "null"], "format": "date-time"}
# Refusals besides those of the join policy.
REFUSALS = ("bad_token", "no_such_room", "room_deleted", "blocked")
_DENIED = [reason.value for reason in Reason if reason != Reason.OPEN]

SESSION_SCHEMAS = {
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
}

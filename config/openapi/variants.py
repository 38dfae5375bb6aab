"""Error responses of some operations, which need their own words, for the OpenAPI document."""

RUNNING = (
    "the first request with this Idempotency-Key is still running (with Retry-After), or its "
    "response is no longer kept (without)."
)
_OR_RUNNING = f"Or: {RUNNING}"
# Error responses of some operations: status, description, schema and headers.
VARIANTS = {
    "NotAdmitted": (
        403,
        "The member is not admitted; reason and detail say why. retry_at and Retry-After say when "
        "to try again, if that is known. Or: the API token lacks the scope of the request, or "
        "the client's network is not allowed.",
        "NotAdmitted",
        ("Retry-After.known",),
    ),
    "StayTaken": (
        409,
        f"The member_id belongs to a stay that is over, or to another room token's. {_OR_RUNNING}",
        "Error",
        ("Retry-After.known",),
    ),
    "WebhooksFull": (
        409,
        f"The project has the maximum number of webhooks. {_OR_RUNNING}",
        "Error",
        ("Retry-After.known",),
    ),
    "WebhookOff": (
        409,
        f"The webhook is disabled. {_OR_RUNNING}",
        "Error",
        ("Retry-After.known",),
    ),
    "OfAnotherToken": (
        409,
        f"Another API token used this Idempotency-Key. {_OR_RUNNING}",
        "Error",
        ("Retry-After.known",),
    ),
    "Delivered": (409, "The delivery has arrived already.", "Error", ()),
    "RecordingRuns": (409, "The recording is in progress.", "Error", ()),
    "FilesGone": (
        409,
        f"The recording was deleted more than 72 hours ago. {_OR_RUNNING}",
        "Error",
        ("Retry-After.known",),
    ),
    "NotComposable": (
        409,
        "The recording has not ended, was deleted or has no people, no mixer composes, or the "
        f"recording has too many films that are not finished. {_OR_RUNNING}",
        "Error",
        ("Retry-After.known",),
    ),
    "RecordsItself": (
        409,
        f"The media server of Greenroom records the session itself. {_OR_RUNNING}",
        "Error",
        ("Retry-After.known",),
    ),
    "RecordingDeleted": (409, "The recording was deleted.", "Error", ()),
    "SessionOver": (409, "The session has ended.", "Error", ()),
    "NotReverted": (
        409,
        "Later changes changed the same fields (listed in errors), or the entry records that the "
        f"room was created or deleted, which cannot be reverted. {_OR_RUNNING}",
        "Unreverted",
        ("Retry-After.known",),
    ),
    "InFlight": (
        409,
        f"Conflict: {RUNNING}",
        "Error",
        ("Retry-After.known",),
    ),
    "NoneChanged": (
        422,
        "The request is invalid; or, in the mode all, some rooms are refused, as results shows. "
        "Nothing was changed.",
        "BulkRefusal",
        (),
    ),
}

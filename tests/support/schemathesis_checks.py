"""Which refusals valid data may meet: those for reasons that JSON Schema has no words for."""

from collections import Counter

import schemathesis

CONDITIONS = {"If-Match", "If-None-Match", "If-Unmodified-Since"}
# Of the other fields and rows, not of the value by itself: (attribute, code).
BEYOND_A_SCHEMA = {
    ("join_until", "invalid_join_until_date"),
    ("remove_at", "invalid_parameter"),
    ("name", "invalid_parameter"),
    ("name", "not_unique_within_project"),
    ("page_token", "page_token_required"),
    ("page_token", "page_token_is_invalid"),
    ("meta", "invalid_parameter"),
    ("meta", "not_a_hash"),
    ("room_meta", "invalid_parameter"),
    ("room_meta", "not_a_hash"),
    # A call that can be read, of rooms that are not there or cannot become so.
    ("rooms", "invalid_parameter"),
    ("file", "invalid_parameter"),
    # A key that was used before, and what only a file has in its query.
    ("Idempotency-Key", "invalid_parameter"),
    ("mode", "unknown_parameter"),
    ("create", "unknown_parameter"),
}
# An address that nobody outside could reach, and what Python does not print.
BEYOND_ONE_OF_WEBHOOKS = {("url", "invalid_parameter"), ("description", "invalid_parameter")}


@schemathesis.check
def valid_data_is_refused_for_a_reason(ctx, response, case):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code == 412:
        assert CONDITIONS.intersection(case.headers), "412, and the request names no version."
    if response.status_code == 422:
        faults = {(fault["attribute"], fault["code"]) for fault in response.json()["errors"]}
        twice = {(name, "invalid_parameter") for name in named_twice(case.body)}
        of_webhooks = BEYOND_ONE_OF_WEBHOOKS if "/webhooks" in case.path else set()
        unexpected = faults - BEYOND_A_SCHEMA - of_webhooks - twice
        assert not unexpected, f"The description allows this: {unexpected}"


def named_twice(body):
    """Return the fields that a change of many rooms names in two of its parts."""
    change = body.get("change") if isinstance(body, dict) else None
    named = Counter(name for part in (change or {}).values() for name in part)
    return {name for name, times in named.items() if times > 1}

"""Allowed refusals of valid data: those for reasons that JSON Schema cannot express."""

from collections import Counter

import schemathesis

CONDITIONS = {"If-Match", "If-None-Match", "If-Unmodified-Since"}
# Errors that depend on other fields or rows: (attribute, code).
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
    # Well-formed requests about rooms that do not exist or cannot be changed so.
    ("rooms", "invalid_parameter"),
    ("file", "invalid_parameter"),
    # A reused key, and query parameters for files only.
    ("Idempotency-Key", "invalid_parameter"),
    ("mode", "unknown_parameter"),
    ("create", "unknown_parameter"),
}
# Internal URLs, and characters that Python does not count as printable.
BEYOND_ONE_OF_WEBHOOKS = {("url", "invalid_parameter"), ("description", "invalid_parameter")}


# The server counts a request only after it has refused its token.
PAUSED = "Expected 401 or 403, got `429 Too Many Requests`"


@schemathesis.hook
def filter_failure(ctx, failure, case, response):
    """Accept a 429 for a wrong token, because all requests come from one address."""
    return not failure.message.startswith(PAUSED)


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
    """Return the fields that occur in two parts of a bulk change."""
    change = body.get("change") if isinstance(body, dict) else None
    named = Counter(name for part in (change or {}).values() for name in part)
    return {name for name, times in named.items() if times > 1}

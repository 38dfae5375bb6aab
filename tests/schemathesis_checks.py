"""Which refusals valid data may meet: those for reasons that JSON Schema has no words for."""

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
}


@schemathesis.check
def valid_data_is_refused_for_a_reason(ctx, response, case):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code == 412:
        assert CONDITIONS.intersection(case.headers), "412, and the request names no version."
    if response.status_code == 422:
        faults = {(fault["attribute"], fault["code"]) for fault in response.json()["errors"]}
        unexpected = faults - BEYOND_A_SCHEMA
        assert not unexpected, f"The description allows this: {unexpected}"

"""The body that reports a recording of another media server, with all of its faults at once."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework import serializers

from access.api.serializers import TimestampSerializerField
from access.values.faults import fault, missing_parameter, unknown_parameter
from access.values.timestamps import parse_timestamp
from rooms.rules.fields import StrictIntegerField
from sessions.media.recordings import FORMATS
from sessions.media.reports import Report
from sessions.models import RoomSession

LONGEST_URI = 2_000
URI = re.compile(r"https://[A-Za-z0-9.\-\[\]:]+(?:[/?#][!-~]*)?")
MOST_BYTES, MOST_SECONDS = 2**50, 10**8
KEYS = ("uri", "started_at", "finished_at", "format", "size_in_bytes", "duration")


class ReportSerializer(serializers.Serializer):
    """The body of POST /room_sessions/{id}/recordings."""

    uri = serializers.RegexField(
        f"^{URI.pattern}$", max_length=LONGEST_URI, help_text="Where the film is: an https address."
    )
    started_at = TimestampSerializerField(
        required=False, help_text="The default is the start of the session."
    )
    finished_at = TimestampSerializerField(
        required=False, help_text="The default is the end of the session, or now."
    )
    format = serializers.ChoiceField(choices=[(one, one) for one in FORMATS], required=False)
    size_in_bytes = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_BYTES
    )
    duration = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_SECONDS, help_text="Seconds."
    )


def read_report(session: RoomSession, body: Mapping[str, Any], *, strict: bool) -> Report:
    """Return the report of a body. Raises ValidationError with all faults."""
    faults: dict[str, ValidationError] = {}
    values: dict[str, Any] = {}
    for name, read in READERS.items():
        try:
            values[name] = read(name, body[name]) if name in body else None
        except ValidationError as wrong:
            faults[name] = wrong
    if "uri" not in body:
        faults["uri"] = missing_parameter("uri")
    unknown = [name for name in body if name not in KEYS] if strict else []
    faults |= {name: unknown_parameter(name) for name in unknown}
    if faults:
        raise ValidationError(faults)
    return _report(session, values)


def _report(session: RoomSession, values: dict[str, Any]) -> Report:
    values["started_at"] = values["started_at"] or session.start_time
    values["finished_at"] = values["finished_at"] or session.end_time or timezone.now()
    values["format"] = values["format"] or FORMATS[0]
    if values["started_at"] < session.start_time:
        _refuse("started_at", "must not be before the start of the session", values)
    if values["finished_at"] < values["started_at"]:
        _refuse("finished_at", "must not be before started_at", values)
    return Report(**values)


def _refuse(name: str, rule: str, values: dict[str, Any]) -> None:
    raise ValidationError({name: fault(name, "invalid_parameter", rule, values[name])})


def _uri(name: str, value: Any) -> str:
    is_fit = isinstance(value, str) and len(value) <= LONGEST_URI and URI.fullmatch(value)
    if not is_fit:
        rule = f"must be an https address of at most {LONGEST_URI} characters"
        raise fault(name, "invalid_parameter", rule, value)
    return str(value)


def _time(name: str, value: Any) -> datetime:
    try:
        return parse_timestamp(value)
    except (TypeError, ValueError):
        rule = "must be a timestamp such as 2030-01-01T12:00:00Z"
        raise fault(name, "not_a_datetime", rule, value) from None


def _format(name: str, value: Any) -> str:
    if value not in FORMATS:
        raise fault(name, "invalid_parameter", f"must be one of {', '.join(FORMATS)}", value)
    return str(value)


def _number(most: int) -> Callable[[str, Any], int | None]:
    def read(name: str, value: Any) -> int | None:
        rule = f"must be an integer from 0 to {most} or null"
        if value is None:
            return None
        try:
            number = StrictIntegerField().require_type(value)
        except ValueError:
            # 1.5 has the right JSON type, number.
            code = "invalid_parameter" if isinstance(value, float) else "not_an_integer"
            raise fault(name, code, rule, value) from None
        if not 0 <= number <= most:
            raise fault(name, "invalid_parameter", rule, value)
        return number

    return read


READERS: dict[str, Callable[[str, Any], Any]] = {
    **{"uri": _uri, "started_at": _time, "finished_at": _time, "format": _format},
    **{"size_in_bytes": _number(MOST_BYTES), "duration": _number(MOST_SECONDS)},
}

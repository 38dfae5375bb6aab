"""The rules for rooms and their JSON, repeated by hand."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, PlainSerializer, StrictBool

CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
NOT_IN_LINE = re.compile(rf"[{CONTROLS}\u202a-\u202e\u2066-\u2069\t\n\r\u2028\u2029]")
NOT_IN_PARAGRAPHS = re.compile(rf"[{CONTROLS}]|\r(?!\n)")
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)
LAYOUTS = Literal[
    *("grid-responsive", "grid-responsive-mobile", "highlight-1-responsive"),
    *("1x1", "2x1", "2x2", "5up", "3x3", "4x4", "5x5", "6x6", "8x8", "10x10"),
]


def _line(text: str) -> str:
    if NOT_IN_LINE.search(text) or not text.strip():
        raise ValueError("must be on one line, not blank, without control characters")
    return text


def _paragraphs(text: str) -> str:
    if NOT_IN_PARAGRAPHS.search(text):
        raise ValueError("must be without control characters")
    return text


def _in_range(time: datetime) -> datetime:
    if not FIRST <= time <= LAST:
        raise ValueError("must lie in the years 1970 to 2999")
    return time.astimezone(UTC).replace(microsecond=0)


def _limited_json(document: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(document, ensure_ascii=False, separators=(",", ":"))) > 2000:
        raise ValueError("must be at most 2000 characters of JSON")
    return document


def _format(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


Stamp = Annotated[datetime, PlainSerializer(_format)]
Timestamp = Annotated[AwareDatetime, AfterValidator(_in_range), PlainSerializer(_format)]
Document = Annotated[dict[str, Any], AfterValidator(_limited_json)]


Name = Annotated[str, Field(max_length=200), AfterValidator(_line)]


class Edit(BaseModel):
    """A request body. Omitted fields are not in model_fields_set and keep their values."""

    display_name: Name | None = None
    description: Annotated[str, Field(max_length=3000), AfterValidator(_paragraphs)] | None = None
    max_members: Annotated[int, Field(strict=True, ge=1, le=300)] = 20
    quality: Literal["720p", "1080p"] = "720p"
    join_from: Timestamp | None = None
    join_until: Timestamp | None = None
    remove_at: Timestamp | None = None
    remove_after_seconds_elapsed: Annotated[int, Field(strict=True, ge=1, lt=2**31)] | None = None
    layout: LAYOUTS = "grid-responsive"
    record_on_start: StrictBool = False
    enable_room_previews: StrictBool = False
    audio_video_sync: StrictBool = False
    meta: Document | None = None
    # These two fields are not settings.
    name: str | None = None
    sync_audio_video: StrictBool | None = None


SETTINGS = [one for one in Edit.model_fields if one not in ("name", "sync_audio_video")]


def validate_windows(settings):
    """Check the rules that compare two fields of the changed room; raise ValueError."""
    start = settings["join_from"]
    for name in ("join_until", "remove_at"):
        end = settings[name]
        if start and end and end <= start:
            raise ValueError(f"{name} must be after join_from")


class Session(BaseModel):
    id: UUID
    room_id: UUID
    name: str
    display_name: str
    join_from: Stamp | None
    join_until: Stamp | None
    remove_at: Stamp | None
    remove_after_seconds_elapsed: int | None
    layout: str
    max_members: int
    fps: int
    quality: str
    start_time: Stamp
    end_time: Stamp | None
    duration: int | None = None
    status: str
    record_on_start: bool
    enable_room_previews: bool
    preview_url: str | None
    audio_video_sync: bool
    tone_on_entry_and_exit: bool = False
    room_join_video_off: bool = False
    user_join_video_off: bool = False
    prioritize_handraise: bool = False
    locked: bool = False
    created_at: Stamp
    updated_at: Stamp
    sync_audio_video: bool
    cost_in_dollars: float = 0.0


class Room(BaseModel):
    """A room in a response; its values were validated before."""

    id: UUID
    name: str
    display_name: str
    description: str | None
    max_members: int
    quality: str
    fps: int
    join_from: Stamp | None
    join_until: Stamp | None
    remove_at: Stamp | None
    remove_after_seconds_elapsed: int | None
    layout: str
    record_on_start: bool
    enable_room_previews: bool
    audio_video_sync: bool
    sync_audio_video: bool
    meta: dict[str, Any]
    active_session: Session | None
    created_at: Stamp
    updated_at: Stamp
    tone_on_entry_and_exit: bool = False
    room_join_video_off: bool = False
    user_join_video_off: bool = False
    prioritize_handraise: bool = False


class Page(BaseModel):
    links: dict[str, str]
    data: list[Room]

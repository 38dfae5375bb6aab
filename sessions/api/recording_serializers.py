"""A recording as the API shows it."""

from typing import Any

from django.db.models import TextChoices
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.api.serializers import (
    ChoiceSerializerField,
    DryRunField,
    ResponseSerializer,
    TimestampSerializerField,
)
from access.values.timestamps import format_timestamp
from rooms.api.constant_keys import no_cost
from sessions.api.serializers import NumberedIdField
from sessions.media.people import people_of
from sessions.media.recordings import FORMATS, film_shown
from sessions.media.retention import expires_at
from sessions.models import RECORDING_IDS, Recording, RecordingState


class RecordingStatus(TextChoices):
    """The two states that the reference has."""

    RECORDING = "recording"
    COMPLETED = "completed"


class RoomRecordingSerializer(serializers.Serializer):
    """A recording of a session. `link` in the context returns the address of a film."""

    id = NumberedIdField(RECORDING_IDS)
    room_session_id = serializers.UUIDField(source="session_id")
    status = serializers.SerializerMethodField()
    started_at = TimestampSerializerField()
    finished_at = TimestampSerializerField(allow_null=True, help_text="Null during the recording.")
    duration = serializers.SerializerMethodField(help_text="Seconds; null during the recording.")
    size_in_bytes = serializers.SerializerMethodField(help_text="Null without a film.")
    format = serializers.SerializerMethodField(help_text="Null without a film.")
    uri = serializers.SerializerMethodField(
        help_text="Address of the film for media_ttl seconds; null without a film, or if deleted."
    )
    cost_in_dollars = no_cost()
    created_at = TimestampSerializerField(source="started_at", help_text="The same as started_at.")
    updated_at = serializers.SerializerMethodField(
        help_text="The time of the last film, deletion or restoration, of the end or of the start."
    )
    state = ChoiceSerializerField(
        RecordingState.choices, help_text="`raw`: no mixer composes; the media server has files."
    )
    deleted_at = TimestampSerializerField(
        allow_null=True, help_text="Null unless it is deleted; 72 hours later its files go, too."
    )
    expires_at = serializers.SerializerMethodField(
        help_text="When it will be deleted, by the days of the project; null: never."
    )

    @extend_schema_field(ChoiceSerializerField(RecordingStatus.choices))
    def get_status(self, recording: Recording) -> str:
        return (
            RecordingStatus.COMPLETED if recording.finished_at else RecordingStatus.RECORDING
        ).value

    def get_duration(self, recording: Recording) -> int | None:
        film = film_shown(recording)
        if film and film.seconds is not None:
            return round(film.seconds)
        finished = recording.finished_at
        return finished and int((finished - recording.started_at).total_seconds())

    def get_size_in_bytes(self, recording: Recording) -> int | None:
        film = film_shown(recording)
        return film and film.size_in_bytes

    @extend_schema_field({"type": ["string", "null"], "enum": [*FORMATS, None]})
    def get_format(self, recording: Recording) -> str | None:
        film = film_shown(recording)
        return film and film.format

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_uri(self, recording: Recording) -> str | None:
        film = film_shown(recording)
        return self.context["link"](film) if film and not recording.deleted_at else None

    @extend_schema_field(TimestampSerializerField)
    def get_updated_at(self, recording: Recording) -> str:
        film = film_shown(recording)
        times = (film and film.finished_at, recording.finished_at, recording.started_at)
        moved = (recording.deleted_at, recording.restored_at)
        return format_timestamp(max(time for time in (*times, *moved) if time))

    @extend_schema_field(TimestampSerializerField(allow_null=True))
    def get_expires_at(self, recording: Recording) -> str | None:
        expires = expires_at(recording)
        return expires and format_timestamp(expires)


class PersonSerializer(serializers.Serializer):
    """A stay within a recording."""

    member_id = serializers.UUIDField(source="member.pk")
    name = serializers.CharField(source="member.name", allow_null=True)
    joined_at = TimestampSerializerField(help_text="The start of the stay or of the recording.")
    left_at = TimestampSerializerField(
        allow_null=True, help_text="Null while the stay and the recording go on."
    )


class RecordingWithPeopleSerializer(RoomRecordingSerializer):
    """A single recording."""

    people = serializers.SerializerMethodField(
        help_text="Those inside during the recording, in the order of their start; no audience."
    )

    @extend_schema_field(PersonSerializer(many=True))
    def get_people(self, recording: Recording) -> list[Any]:
        return PersonSerializer(people_of(recording), many=True).data


class RestoredRecordingSerializer(ResponseSerializer, RecordingWithPeopleSerializer):
    dry_run = DryRunField()

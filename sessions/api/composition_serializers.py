"""Serializes films of recordings, and describes the body that asks for one."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.api.serializers import (
    ChoiceSerializerField,
    ResponseSerializer,
    TimestampSerializerField,
)
from rooms.rules.serializers import RuleSerializer
from sessions.media.compositions import KEYS, PICTURE
from sessions.models import Composition, CompositionState, RoomSession


class WishSerializer(RuleSerializer):
    """The body of POST /room_recordings/{id}/compositions. The session has the other values."""

    without = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        help_text="The ids of members in `people` to leave out: picture, sound and name. Their "
        "other stays with the same room token are left out, too.",
    )

    class Meta:
        model = RoomSession
        fields = KEYS
        extra_kwargs = {name: {"required": False} for name in PICTURE}


class CompositionSerializer(serializers.Serializer):
    """A film of a recording. `link` in the context returns the address of a film."""

    id = serializers.UUIDField()
    state = ChoiceSerializerField(
        CompositionState.choices,
        help_text="`stopped`: the recording was deleted before the film was whole.",
    )
    layout = serializers.CharField()
    quality = serializers.CharField()
    fps = serializers.IntegerField()
    without = serializers.ListField(
        child=serializers.UUIDField(), help_text="The ids of the members who are left out."
    )
    done = serializers.FloatField(help_text="The share that is composed, from 0 to 1.")
    size_in_bytes = serializers.IntegerField(allow_null=True, help_text="Null until it is whole.")
    duration = serializers.SerializerMethodField(help_text="Seconds; null until it is whole.")
    fault = serializers.SerializerMethodField(
        help_text="Why it failed, or the raw files that it lacks; null if nothing is wrong."
    )
    uri = serializers.SerializerMethodField(
        help_text="Address of the film for media_ttl seconds; null unless it is ready."
    )
    created_at = TimestampSerializerField()
    finished_at = TimestampSerializerField(
        allow_null=True, help_text="The end of the composition; null until then."
    )

    @extend_schema_field({"type": ["integer", "null"]})
    def get_duration(self, film: Composition) -> int | None:
        return None if film.seconds is None else round(film.seconds)

    @extend_schema_field({"type": ["string", "null"]})
    def get_fault(self, film: Composition) -> str | None:
        return film.fault or None

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_uri(self, film: Composition) -> str | None:
        is_shown = film.state == CompositionState.READY and film.recording.deleted_at is None
        return self.context["link"](film) if is_shown else None


class EstimateSerializer(serializers.Serializer):
    duration = serializers.IntegerField(help_text="The length of the film in seconds.")
    size_in_bytes = serializers.IntegerField(help_text="The size of the film.")
    cpu_seconds = serializers.IntegerField(help_text="The CPU time of the composition.")


class NewCompositionSerializer(ResponseSerializer, CompositionSerializer):
    dry_run = EstimateSerializer(
        required=False, help_text="An estimate from the films that mixers have composed."
    )

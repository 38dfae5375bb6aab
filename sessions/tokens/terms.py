"""The fields of a room token and their limits: those of a room, and some more."""

from collections.abc import Mapping
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models

from access.api.parsers import FormData
from access.models import LONGEST_EXPIRY
from access.values.faults import fault, missing_parameter, unknown_parameter
from rooms.models import Room, RoomSettings
from rooms.rules.constraints import Document, InRange, Line, OneOf, Slug, rule_of
from rooms.rules.fields import (
    JsonTextField,
    StrictBooleanField,
    StrictChoiceField,
    StrictIntegerField,
    StrictTextField,
    TimestampField,
)
from rooms.rules.join_policy import SCHEDULE
from rooms.rules.line_field import LineField
from sessions.models import JoinAs, MediaAllowed
from sessions.tokens.permissions import DEFAULT_PERMISSIONS, Permissions

OVERRIDABLE = (*SCHEDULE, "remove_after_seconds_elapsed")
LONGEST_USER_NAME = 100


def _limit_of(name: str) -> Any:
    """Return the rule of a field of Room, which has the limit."""
    return rule_of(Room, name)


class TokenTerms(models.Model):
    """The contents of a room token. A model for its fields and rules; it has no table."""

    # The project's limit of expires_in.
    longest: int | None = None

    room_name = StrictTextField(help_text="The room's name; the room need not exist yet.")
    user_name = LineField(
        null=True, help_text="The name that other members see; without it, the member has no name."
    )
    permissions = Permissions(
        null=True,
        help_text="The permissions of the bearer; an audience has none.",
    )
    join_from = TimestampField(null=True, help_text="Overrides the room's value for the bearer.")
    join_until = TimestampField(null=True, help_text="Overrides the room's value for the bearer.")
    remove_at = TimestampField(null=True, help_text="Overrides the room's value for the bearer.")
    remove_after_seconds_elapsed = StrictIntegerField(
        null=True, help_text="Overrides the room's value for the bearer."
    )
    join_as = StrictChoiceField(
        choices=JoinAs, default=JoinAs.MEMBER, help_text="An audience can only watch and listen."
    )
    media_allowed = StrictChoiceField(
        choices=MediaAllowed,
        default=MediaAllowed.ALL,
        help_text="The media that the bearer receives.",
    )
    join_audio_muted = StrictBooleanField(
        default=False, help_text="Whether the bearer joins with muted audio."
    )
    join_video_muted = StrictBooleanField(
        default=False, help_text="Whether the bearer joins with muted video."
    )
    sync_audio_video = StrictBooleanField(
        null=True,
        help_text="Overrides the room's audio_video_sync for the bearer.",
    )
    expires_in = StrictIntegerField(
        null=True,
        help_text="The number of seconds for which the token can be used to join; null: as long as "
        "the project allows, which is without a limit by default.",
    )
    auto_create_room = StrictBooleanField(
        default=True, help_text="Create the room when the bearer joins, if it does not exist."
    )
    enable_room_previews = StrictBooleanField(
        default=False, help_text="The enable_room_previews of a room that auto_create_room creates."
    )
    room_display_name = LineField(
        null=True, help_text="The display_name of a room that auto_create_room creates."
    )
    end_room_session_on_leave = StrictBooleanField(
        default=False, help_text="End the session for all members when the bearer leaves."
    )
    meta = JsonTextField(
        default=dict, help_text="Your own data about the bearer, returned at the admission."
    )
    room_meta = JsonTextField(
        default=dict, help_text="The meta of a room that auto_create_room creates."
    )

    class Meta:
        # No app has this label, so there is no table, no migration and no permission.
        app_label = "room_tokens"
        constraints = (
            *(
                rule.clone()
                for rule in RoomSettings.Meta.constraints
                if set(rule.fields) <= set(OVERRIDABLE)
            ),
            Slug("room_name", longest=_limit_of("name").longest),
            Line("user_name", longest=LONGEST_USER_NAME),
            OneOf("join_as", JoinAs),
            OneOf("media_allowed", MediaAllowed),
            InRange("expires_in", 1, LONGEST_EXPIRY),
            Line("room_display_name", longest=_limit_of("display_name").longest),
            Document("meta", longest=_limit_of("meta").longest),
            Document("room_meta", longest=_limit_of("meta").longest),
        )

    def __str__(self) -> str:
        return self.room_name

    @classmethod
    def read(
        cls, asked: Mapping[str, Any], *, strict: bool = False, longest: int | None = None
    ) -> Self:
        """Return the terms that a body requests. Raises ValidationError with all errors.

        Unknown keys are dropped, or refused with `strict`. `longest` limits `expires_in`.
        """
        faults = _unknown(asked) if strict else {}
        if "room_name" not in asked:
            faults["room_name"] = missing_parameter("room_name")
        terms = cls(**_values(asked))
        terms.longest = longest
        try:
            terms.full_clean(exclude=faults.keys() | {"id"}, validate_unique=False)
        except ValidationError as found:
            faults |= found.error_dict
        if faults:
            raise ValidationError(faults)
        return terms

    def clean_fields(self, exclude: Any = None) -> None:
        self.meta = {} if self.meta is None else self.meta
        self.room_meta = {} if self.room_meta is None else self.room_meta
        super().clean_fields(exclude)

    def clean(self) -> None:
        if self.permissions is None:
            self.permissions = list(DEFAULT_PERMISSIONS)
        if self.join_as == JoinAs.AUDIENCE:
            self.permissions = []
        if self.longest is not None:
            self._limit_expiry(self.longest)

    def _limit_expiry(self, longest: int) -> None:
        if self.expires_in is None:
            self.expires_in = longest
        elif isinstance(self.expires_in, int) and self.expires_in > longest:
            rule = f"must be at most {longest} in this project"
            found = fault("expires_in", InRange.code, rule, self.expires_in)
            raise ValidationError({"expires_in": found})


TERMS = {field.name: field for field in TokenTerms._meta.concrete_fields if field.name != "id"}


def _values(asked: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: asked[name] for name in TERMS if name in asked}
    if isinstance(asked, FormData):
        # In a form-encoded body, empty means null.
        return {
            name: TERMS[name].from_text(text) if text else None for name, text in values.items()
        }
    return values


def _unknown(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: unknown_parameter(name) for name in asked if name not in TERMS}

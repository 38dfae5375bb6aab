"""Compose a recording again: in another layout, or without people who do not consent."""

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access.values.faults import fault, unknown_parameter
from sessions.media.deletion import lock_recording
from sessions.media.people import Presence, people_of
from sessions.media.recordings import PICTURE, state_by_films
from sessions.models import (
    UNFINISHED,
    Composition,
    CompositionState,
    Recording,
    RecordingState,
    RoomSession,
)

KEYS = (*PICTURE, "without")
MOST_UNFINISHED = 3


class NotComposable(Exception):
    """The state of the recording does not allow it; the message is a sentence for users."""


@dataclass(frozen=True)
class Wish:
    """A film to compose; `without` has the ids of the stays that it leaves out."""

    layout: str
    quality: str
    fps: int
    without: tuple[str, ...] = ()


def read_wish(recording: Recording, values: Mapping[str, Any]) -> Wish:
    """Return the film that `values` describe; other keys than KEYS are refused.

    The session has the values that are not sent. Raises ValidationError with all faults.
    """
    faults: dict[str, Any] = {name: unknown_parameter(name) for name in values if name not in KEYS}
    candidate = copy.copy(recording.session)
    for name in PICTURE:
        setattr(candidate, name, values.get(name, getattr(candidate, name)))
    others = {field.name for field in RoomSession._meta.fields} - set(PICTURE)
    try:
        candidate.full_clean(exclude=others, validate_unique=False)
    except ValidationError as found:
        faults |= found.error_dict
    try:
        without = _left_out(people_of(recording), values.get("without", []))
    except ValidationError as found:
        faults["without"] = found
    if faults:
        raise ValidationError(faults)
    return Wish(**{name: getattr(candidate, name) for name in PICTURE}, without=without)


def _left_out(people: list[Presence], sent: Any) -> tuple[str, ...]:
    """Return the stays to leave out: those that were sent, and others with the same room token."""
    if not isinstance(sent, list) or not all(isinstance(one, str) for one in sent):
        raise fault("without", "invalid_parameter", "must be a list of member ids", sent)
    tokens = {str(one.member.pk): one.member.jti for one in people}
    ids = [one.lower() for one in sent]
    for member_id in ids:
        if member_id not in tokens:
            rule = "must have ids of members in this recording only"
            raise fault("without", "invalid_parameter", rule, member_id)
    left_out = {tokens[one] for one in ids}
    without = tuple(one for one in tokens if tokens[one] in left_out)
    if without and len(without) == len(tokens):
        raise ValidationError("without leaves nobody in the film.", code="invalid_parameter")
    return without


@transaction.atomic
def compose_again(recording: Recording, wish: Wish) -> Composition:
    """Queue another film of a recording. Raises NotComposable, and Recording.DoesNotExist."""
    one = lock_recording(recording)
    _check(one)
    if one.compositions.filter(state__in=UNFINISHED).count() >= MOST_UNFINISHED:
        text = _("{count} films of this recording are not finished. Wait for one of them.")
        raise NotComposable(text.format(count=MOST_UNFINISHED))
    values = asdict(wish) | {"without": list(wish.without)}
    values |= {"in_sync": one.session.audio_video_sync, "format": settings.RECORDINGS_FORMAT}
    film = one.compositions.create(**values)
    _save_state(one)
    return film


@transaction.atomic
def delete_film(film: Composition) -> Composition:
    """Delete a film: its links end now, and a mixer removes the file within an hour.

    A mixer that composes it stops. Raises NotComposable, and Recording.DoesNotExist.
    """
    one = lock_recording(film.recording)
    if one.deleted_at:
        raise NotComposable(_("This recording was deleted."))
    film = one.compositions.get(pk=film.pk)
    film.state = CompositionState.DELETED
    film.save(update_fields=["state"])
    _save_state(one)
    return film


def _save_state(recording: Recording) -> None:
    if recording.finished_at is None:
        return
    recording.state = state_by_films(recording)
    recording.save(update_fields=["state"])


def _check(recording: Recording) -> None:
    """Raise NotComposable for a recording that no mixer can compose."""
    if not settings.MIXER:
        raise NotComposable(_("No mixer composes recordings here: MIXER is false."))
    if recording.deleted_at:
        raise NotComposable(_("This recording was deleted."))
    if recording.state == RecordingState.RECORDING:
        raise NotComposable(_("This recording has not ended. Compose it after its end."))
    if not people_of(recording):
        raise NotComposable(_("Nobody was in this recording."))

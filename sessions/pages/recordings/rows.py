"""Recordings in words, for the pages; read with a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.markup import pill
from rooms.display.times import span
from sessions.media.deletion import restorable_until
from sessions.media.film_links import film_link
from sessions.media.people import Presence, people_in
from sessions.media.retention import expires_at
from sessions.models import (
    RECORDING_IDS,
    UNFINISHED,
    Composition,
    CompositionState,
    Member,
    Recording,
    RecordingState,
)
from sessions.pages.recordings.words import file_size, person_name, picture_text

PILLS = {
    RecordingState.RECORDING: "live",
    RecordingState.RAW: "done",
    RecordingState.COMPOSING: "scheduled",
    RecordingState.READY: "open",
    RecordingState.FAILED: "warning",
    RecordingState.DELETED: "closed",
}
# A page shows these names of the people in a recording, and how many more there are.
NAMED = 3
# The stays that are read for a page, the newest first.
MOST_STAYS = 5_000
# A link of a page works for this time, so that a long film can be watched to its end.
LINK_SECONDS = 4 * 3600
FILM_PILLS = {
    CompositionState.QUEUED: "scheduled",
    CompositionState.COMPOSING: "scheduled",
    CompositionState.READY: "open",
    CompositionState.FAILED: "warning",
    CompositionState.STOPPED: "closed",
}


@dataclass(frozen=True)
class FilmLine:
    """One composition in words; `without` names the people whom it leaves out."""

    pill: SafeString
    text: str
    url: str
    without: str
    fault: str


@dataclass(frozen=True)
class RecordingRow:
    """A recording with all of its compositions, and the people in it."""

    recording: Recording
    people: Sequence[Presence]
    now: datetime

    @property
    def id(self) -> UUID:
        return RECORDING_IDS.id_of(self.recording.pk)

    @cached_property
    def films(self) -> list[Composition]:
        """The compositions, newest first, without those whose film was deleted."""
        found = self.recording.compositions.all()
        return [one for one in found if one.state != CompositionState.DELETED]

    @cached_property
    def film(self) -> Composition | None:
        """The newest film that exists, unless the recording was deleted."""
        ready = (one for one in self.films if one.state == CompositionState.READY)
        return None if self.is_deleted else next(ready, None)

    @property
    def composing(self) -> Composition | None:
        """The newest composition that waits for a mixer, or that a mixer has."""
        unfinished = (one for one in self.films if one.state in UNFINISHED)
        return None if self.is_deleted else next(unfinished, None)

    @property
    def percent(self) -> int:
        return round(100 * self.composing.done) if self.composing else 0

    @property
    def fault(self) -> str:
        """Why there is no film, or what it lacks."""
        newest = self.films[0] if self.films else None
        return newest.fault if newest and newest.state != CompositionState.QUEUED else ""

    @property
    def pill(self) -> SafeString:
        state = RecordingState(self.recording.state)
        return pill(PILLS[state], state.label)

    @property
    def is_deleted(self) -> bool:
        return self.recording.deleted_at is not None

    @property
    def changes(self) -> bool:
        """Whether the row changes by itself."""
        return self.recording.state in (RecordingState.RECORDING, RecordingState.COMPOSING)

    @property
    def length(self) -> str:
        recording = self.recording
        if self.film and self.film.seconds is not None:
            return span(timedelta(seconds=round(self.film.seconds)))
        return span((recording.finished_at or self.now) - recording.started_at)

    @property
    def size(self) -> str:
        return file_size(self.film.size_in_bytes) if self.film else ""

    @property
    def picture(self) -> str:
        """The layout, quality and frames per second of the film, or of the session."""
        return picture_text(self.film or self.recording.session)

    @property
    def names(self) -> str:
        """Return "Ada, Grace, Mary and 4 more"."""
        names = list(dict.fromkeys(person_name(one) for one in self.people))
        shown, more = names[:NAMED], len(names) - NAMED
        if more > 0:
            words = {"names": ", ".join(shown), "more": more}
            return gettext("%(names)s and %(more)s more") % words
        return ", ".join(shown)

    @property
    def film_lines(self) -> list[FilmLine]:
        return [self._line(film) for film in self.films]

    def _line(self, film: Composition) -> FilmLine:
        state = CompositionState(film.state)
        is_ready = state == CompositionState.READY and not self.is_deleted
        names = {str(one.member.pk): person_name(one) for one in self.people}
        return FilmLine(
            pill(FILM_PILLS[state], state.label),
            ", ".join(filter(None, (picture_text(film), file_size(film.size_in_bytes)))),
            film.uri or f"{_link(film)}?download=1" if is_ready else "",
            ", ".join(names.get(one, one) for one in film.without),
            film.fault,
        )

    @property
    def expires_at(self) -> datetime | None:
        return expires_at(self.recording)

    @property
    def restorable_until(self) -> datetime | None:
        """The time until which a deleted recording can be restored; None if that is over."""
        until = restorable_until(self.recording)
        return until if until and until > self.now else None

    @property
    def play_url(self) -> str:
        """The address of the film for a player, which plays only films of this server."""
        return _link(self.film) if self.film and not self.film.uri else ""


def _link(film: Composition) -> str:
    return film_link(film.pk, LINK_SECONDS)


def recording_rows(recordings: Iterable[Recording], now: datetime) -> list[RecordingRow]:
    """Return a row for each recording, with one statement for the people of all."""
    found = list(recordings)
    sessions = {one.session_id for one in found}
    stays = defaultdict(list)
    for member in Member.objects.filter(session__in=sessions).order_by("-pk")[:MOST_STAYS]:
        stays[member.session_id].append(member)
    return [RecordingRow(one, people_in(one, stays[one.session_id], now), now) for one in found]

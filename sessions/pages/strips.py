"""The next 24 hours of rooms: a strip for each room, with its window as bars and its events."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.addresses import address_of
from access.staff.times import time_text
from rooms.display.next_event import SENTENCES
from rooms.display.timeline import Bar, Mark, Span
from rooms.display.times import relative
from rooms.rules.join_policy import JoinPolicy, ScheduledEvent, Upcoming
from sessions.pages.due_rooms import ROOMS_SHOWN
from sessions.pages.overview import AHEAD, ComingRoom
from sessions.pages.wording import inside_text

MARKS = {
    ScheduledEvent.OPENS: "opens",
    ScheduledEvent.CLOSES: "closes",
    ScheduledEvent.REMOVES_EVERYONE: "removes",
}
# Written without a template, which takes three times as long. The words repeat the drawing.
ROW = (
    '<li><a id="next-{pk}" href="{url}" dir="auto">{name}</a> '
    '<span class="quiet ahead">{ahead}</span> <svg class="strip" aria-hidden="true">'
    '<use href="#hours" />{drawing}<use href="#moment" /></svg> '
    '<span class="quiet words">{words}</span></li>'
)


class Strips:
    """The strips of one page; addresses and texts of all rooms are read once."""

    def __init__(self, rooms: list[ComingRoom], now: datetime) -> None:
        self.rooms, self.now, self.today = rooms[:ROOMS_SHOWN], now, timezone.localdate(now)
        self.more = len(rooms) > ROOMS_SHOWN
        # A whole hour, so that two refreshes have equal drawings.
        start = timezone.localtime(now).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        self.span = Span(start, start + AHEAD + timedelta(hours=1))
        minute = now.replace(second=0, microsecond=0)
        self.mark = Mark(self.span.place(minute), "now", minute)
        self.ticks = self.span.readable_ticks()
        self.sentences = {what: gettext(text) for what, text in SENTENCES.items()}
        # Many rooms open and close at the same times: their drawing and words are made once.
        self.parts: dict[JoinPolicy, tuple[str, str, str]] = {}

    def rows(self) -> SafeString:
        return SafeString("".join(self._row(room) for room in self.rooms))

    def _row(self, room: ComingRoom) -> str:
        if room.policy not in self.parts:
            self.parts[room.policy] = self._parts(room)
        ahead, words, drawing = self.parts[room.policy]
        if room.session:
            ahead = f"{ahead} · {escape(inside_text(room.session.inside))}"
            drawing += _rect(self.span.clipped("live", room.session.start_time, self.mark.at))
        return ROW.format(
            pk=room.pk,
            url=address_of("room-page", room.pk),
            name=escape(room.display_name),
            ahead=ahead,
            words=words,
            drawing=drawing,
        )

    def _parts(self, room: ComingRoom) -> tuple[str, str, str]:
        """Return "in 55 min", the time until the next event; the events in words; and the bars."""
        ahead = escape(relative(room.events[0].at, self.now))
        return ahead, escape(self._words(room.events)), self._drawing(room)

    def _words(self, events: list[Upcoming]) -> str:
        """Return "opens 20:00, closes tomorrow 01:00"."""
        texts, day = [], self.today
        for event in events:
            texts.append(self.sentences[event.what] % {"when": time_text(event.at, self.now, day)})
            day = timezone.localdate(event.at)
        return ", ".join(texts)

    def _drawing(self, room: ComingRoom) -> str:
        bars = (_rect(bar) for bar in self._bars(room))
        places = ((MARKS[one.what], self.span.place(one.at)) for one in room.events)
        return "".join((*bars, *(_line(*place) for place in places if place[1] < 100)))

    def _bars(self, room: ComingRoom) -> Iterator[Bar]:
        policy, span = room.policy, self.span
        ends, leaves = policy.ends_joining, policy.remove_at
        if ends is None or ends > span.start:
            yield span.clipped("joining", policy.join_from, ends)
        if ends and leaves and ends < leaves:
            yield span.clipped("inside", ends, leaves)


def _rect(bar: Bar) -> str:
    return f'<rect class="bar {bar.kind}" x="{bar.left:g}%" width="{bar.width:g}%" />'


def _line(kind: str, left: float) -> str:
    return f'<line class="mark {kind}" x1="{left:g}%" x2="{left:g}%" y2="100%" />'

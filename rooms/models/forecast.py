"""Whether one more member could join a room at some time, without admitting anyone.

The API, the room page and the list ask these functions, so that they give the same answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField

from access.database.prepared_queries import PreparedModelsQuery, PreparedQuery
from access.database.routing import read_alias
from rooms.models.room import Room
from rooms.models.room_queryset import RoomStatus, window_status
from rooms.rules.join_policy import SCHEDULE, Decision, JoinPolicy, Overrides, Reason

POLICY = ("max_members", *SCHEDULE, "remove_after_seconds_elapsed")
NOTHING = Overrides()
# The rooms of a page of the list.
MOST_PREPARED = 50


@dataclass(frozen=True)
class Forecast:
    """A room with the decision on one more member.

    `session` is the session in progress, with the number `inside` at the time of the decision.
    """

    room: Any
    session: Any
    decision: Decision
    at: datetime

    @property
    def inside(self) -> int:
        """The number of members inside."""
        return self.session.inside if self.session else 0

    @property
    def status(self) -> RoomStatus:
        """The status of the room, which is full if the next member is refused for that."""
        is_full = self.decision.reason is Reason.FULL
        return RoomStatus.FULL if is_full else window_status(self.room, self.at)


@dataclass(frozen=True)
class TokenForecast:
    """The decision on the bearer of a room token, with their name.

    `inside_since` is their time of joining if they are inside already.
    """

    decision: Decision
    name: str | None = None
    inside_since: datetime | None = None


def forecasts(rooms: Iterable[Any], at: datetime, token: Overrides = NOTHING) -> list[Forecast]:
    """Return the forecast of each room at the time `at`, with one statement for all sessions.

    The rooms may be tuples with names, of their id and the columns of POLICY.
    """
    rooms = list(rooms)
    running = _running_sessions([room.id for room in rooms], at)
    return [_forecast(room, running.get(room.id), at, token) for room in rooms]


def _running_sessions(ids: list[UUID], at: datetime) -> dict[UUID, Any]:
    """Return the running session of each room that has one, with the number `inside`.

    Members who must leave before `at` or at that time do not count.
    """
    if not ids:
        return {}
    if len(ids) > MOST_PREPARED:
        running = _running(ids, at)
    else:
        # The statement has a place for each room of a page.
        places = [*ids, *[ids[-1]] * (MOST_PREPARED - len(ids))]
        running = _running_of_page().all(*places, at, using=read_alias())
    return {one.room_id: one for one in running}


@cache
def _running_of_page() -> PreparedModelsQuery[Any]:
    def build(*values: Any) -> Any:
        return _running(list(values[:-1]), values[-1])

    return PreparedModelsQuery(build, *[Room._meta.pk] * MOST_PREPARED, DateTimeField())


def _running(ids: list[UUID], at: datetime) -> Any:
    sessions: Any = Room.sessions.rel.related_model
    return sessions.objects.filter(room__in=ids).running(at, *POLICY)


def forecast_as_read(room: Room, at: datetime) -> Forecast:
    """Return the forecast of a room that was read by with_active_session()."""
    is_live: bool = room.active_session is not None
    if not is_live:
        # Without a session, there are no members to count.
        return _forecast(room, None, at, NOTHING)
    session = _running_session().first(room.pk, at, using=read_alias())
    return _forecast(room, session, at, NOTHING)


@cache
def _running_session() -> PreparedQuery[Any]:
    def build(room_id: UUID, at: datetime) -> Any:
        return _running([room_id], at)

    return PreparedQuery(build, Room._meta.pk, DateTimeField())


def forecast(room: Room, at: datetime, token: Overrides = NOTHING) -> Decision:
    """Return whether one more member could join `room` at the time `at`, as far as is known."""
    return forecasts([room], at, token)[0].decision


def _forecast(room: Any, session: Any, at: datetime, token: Overrides) -> Forecast:
    inside = session.inside if session else 0
    # A session that is empty ends with the next admission if the room has other settings.
    policy = JoinPolicy.of(session if inside else room).overridden_by(token)
    return Forecast(room, session, policy.decide(at, inside), at)

"""Which rooms a person has chosen: some by their ids, all that a list shows, or those of a job."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict

from access.staff.limits import visible_to
from access.values.identifiers import is_uuid
from rooms.models import Room, RoomQuerySet
from rooms.models.job import Job
from rooms.pages.list_query import rooms_asked_for

NAMED = 12


@dataclass(frozen=True)
class RoomSelection:
    """`sent` is what a form sends again to mean the same rooms."""

    user: Any
    sent: tuple[tuple[str, str], ...]
    chosen: list[UUID] | RoomQuerySet
    # The recipe that was tried on these rooms before, where one was.
    job: Job | None = None

    @classmethod
    def read(cls, data: QueryDict, user: Any) -> "RoomSelection | None":
        """Return what a form or an address says is chosen; None where that is nothing.

        `ids`, repeated; or all=1 with `query`, that of the list's address; or `job`. Raises
        ValidationError for a query that cannot be read.
        """
        if job := _job(data.get("job", ""), user):
            ids = list(job.rooms.exclude(room_id=None).values_list("room_id", flat=True))
            return cls(user, (("job", str(job.pk)),), ids, job)
        if data.get("all") == "1":
            query = data.get("query", "")
            sent = (("all", "1"), ("query", query))
            return cls(user, sent, rooms_asked_for(user, QueryDict(query)))
        ids = [UUID(one) for one in dict.fromkeys(data.getlist("ids")) if is_uuid(one)]
        return cls(user, tuple(("ids", str(one)) for one in ids), ids) if ids else None

    def rooms(self) -> RoomQuerySet:
        """Return those of the chosen rooms that this person sees."""
        if not isinstance(self.chosen, list):
            return self.chosen
        return Room.objects.filter(visible_to(self.user), pk__in=self.chosen)

    def count(self) -> int:
        return self.rooms().order_by().count()

    def first(self) -> list[Room]:
        """Return the rooms that are named on the page, with what is live in them."""
        return list(self.rooms().with_active_session().select_related("project")[:NAMED])


def read_or_none(data: QueryDict, user: Any) -> tuple[RoomSelection | None, str]:
    """Return the selection, or why there is none."""
    try:
        return RoomSelection.read(data, user), ""
    except ValidationError as wrong:
        return None, " ".join(wrong.messages)


def _job(text: str, user: Any) -> Job | None:
    return Job.objects.filter(pk=text, owner=user).first() if is_uuid(text) else None

"""The rooms that a user selected: by ids, by the query of a list, or from an earlier job."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext

from access.staff.limits import visible_to
from access.values.identifiers import is_uuid
from rooms.jobs.create import MOST_ROOMS
from rooms.models import Room, RoomQuerySet
from rooms.models.job import Job
from rooms.pages.list_query import rooms_asked_for

NAMED = 12


@dataclass(frozen=True)
class RoomSelection:
    """`sent` holds the hidden fields with which a form selects the same rooms again."""

    user: Any
    sent: tuple[tuple[str, str], ...]
    chosen: list[UUID] | RoomQuerySet
    # An earlier job on the same rooms.
    job: Job | None = None

    @classmethod
    def read(cls, data: QueryDict, user: Any) -> "RoomSelection | None":
        """Return the selection that a form or an address names, or None if it names no room.

        `ids`, with commas or repeated; or all=1 with `query`, the query of the list's address; or
        `job`. Raises ValidationError for an invalid query and for too many ids.
        """
        if job := _job(data.get("job", ""), user):
            ids = list(job.rooms.exclude(room_id=None).values_list("room_id", flat=True))
            return cls(user, (("job", str(job.pk)),), ids, job)
        if data.get("all") == "1":
            query = data.get("query", "")
            sent = (("all", "1"), ("query", query))
            return cls(user, sent, rooms_asked_for(user, QueryDict(query)))
        texts = ",".join(data.getlist("ids")).split(",")
        ids = list(dict.fromkeys(UUID(one) for one in texts if is_uuid(one)))
        if len(ids) > MOST_ROOMS:
            raise ValidationError(too_many_rooms())
        return cls.by_ids(ids, user) if ids else None

    @classmethod
    def by_ids(cls, ids: list[UUID], user: Any) -> "RoomSelection":
        # One field: Django refuses a form with more than a thousand.
        return cls(user, (("ids", ",".join(map(str, ids))),), ids)

    def rooms(self) -> RoomQuerySet:
        """Return the selected rooms that the user may see."""
        if not isinstance(self.chosen, list):
            return self.chosen
        return Room.objects.filter(visible_to(self.user), pk__in=self.chosen)

    def count(self) -> int:
        return self.rooms().order_by().count()

    def seen(self) -> "RoomSelection":
        """Return a selection of the rooms that exist and that the user may see."""
        if not isinstance(self.chosen, list) or self.job:
            return self
        seen = set(self.rooms().values_list("pk", flat=True))
        return self.by_ids([one for one in self.chosen if one in seen], self.user)

    def first(self) -> list[Room]:
        """Return the first rooms with their active sessions, for the list on the page."""
        return list(self.rooms().with_active_session().select_related("project")[:NAMED])


def read_or_none(data: QueryDict, user: Any) -> tuple[RoomSelection | None, str]:
    """Return the selection, or None and the reason."""
    try:
        return RoomSelection.read(data, user), ""
    except ValidationError as invalid:
        return None, " ".join(invalid.messages)


def too_many_rooms() -> str:
    words = gettext("A bulk change takes at most {number} rooms. Narrow the list first.")
    return numbered(words, MOST_ROOMS)


def numbered(words: str, number: int) -> str:
    return words.format(number=number_format(number, force_grouping=True))


def _job(text: str, user: Any) -> Job | None:
    return Job.objects.filter(pk=text, owner=user).first() if is_uuid(text) else None

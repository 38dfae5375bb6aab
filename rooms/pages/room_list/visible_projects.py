"""The projects that a user may see, and the rooms in them."""

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, Q, QuerySet

from access.database.prepared_queries import PreparedRowsQuery
from access.models import Project
from access.staff.limits import in_limits_of, limits_of, visible_to
from rooms.models import Room, RoomQuerySet

# A longer list of choices is of no use.
MOST_PROJECTS = 200


@dataclass(frozen=True)
class VisibleProjects:
    """The projects that a user may see, by id; only the first MOST_PROJECTS by name."""

    names: dict[str, str]
    is_limited: bool

    @classmethod
    def by(cls, user: Any) -> "VisibleProjects":
        found = _project_rows(user.is_superuser).all(user.pk)
        limited = not user.is_superuser and any(row[2] for row in found)
        return cls({str(pk): name for pk, name, _ in found}, limited)

    @property
    def are_named(self) -> bool:
        """Whether rooms() names the projects: then the database uses an index of a project."""
        return len(self.names) < 2 or (self.is_limited and len(self.names) < MOST_PROJECTS)

    def rooms(self, user: Any) -> RoomQuerySet:
        """Return the rows that `user` may see."""
        return rooms_in(user, list(self.names) if self.are_named else None)


def rooms_in(user: Any, projects: list[Any] | None) -> RoomQuerySet:
    """Return the rooms that `user` may see, of these projects or of all."""
    rooms = Room.objects.filter(visible_to(user))
    return rooms if projects is None else rooms.filter(project__in=projects)


@cache
def _project_rows(is_superuser: bool) -> PreparedRowsQuery:
    def build(pk: int) -> QuerySet[Any, Any]:
        user = SimpleNamespace(pk=pk)
        seen = Project.objects.filter(Q() if is_superuser else in_limits_of(user, ""))
        seen = seen.annotate(limited=Exists(limits_of(user)))
        return seen.order_by("name").values_list("pk", "name", "limited")[:MOST_PROJECTS]

    return PreparedRowsQuery(build, get_user_model()._meta.pk)

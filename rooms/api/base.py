"""What every view of a project's rooms shares: whose rooms, who acts, how a refusal is told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.functional import cached_property
from rest_framework import viewsets
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from access.api.renderers import json_answer
from access.http.errors import Problem
from access.models import ApiToken
from access.values.identifiers import is_uuid
from rooms.api.preconditions import Precondition, etag, precondition
from rooms.api.serializers import draw
from rooms.changes import RoomIsLive, Stale
from rooms.changes.validation import Change
from rooms.filters import read_boolean
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Author, AuthorKind, Door
from rooms.rules.constraints import rule_of
from sessions.api.serializers import draw_applied
from sessions.lifecycle.live_settings import SETTINGS, SessionEnded, apply_settings
from sessions.models import RoomSession

# Who a dry run is by is written nowhere.
NOBODY = Author(kind=AuthorKind.SYSTEM, id="", name="", door=Door.API)


class ProjectView(viewsets.GenericViewSet):
    queryset = Room.objects.none()
    lookup_url_kwarg = "room"
    # The room that the address names, where the token was looked for with it.
    at_hand: Room | None = None

    @property
    def token(self) -> ApiToken:
        return self.request.auth

    @cached_property
    def rooms(self) -> RoomQuerySet:
        rooms = Room.objects.of_project(self.token.project_id)
        rooms.at_hand = self.at_hand
        return rooms

    @cached_property
    def is_dry_run(self) -> bool:
        # One that cannot be read is refused: whoever tries must not find it done.
        has_query = bool(self.request.META.get("QUERY_STRING"))
        asked = has_query and read_boolean(self.request.query_params, "dry_run")
        return asked or self.prefers("dry-run")

    @contextmanager
    def on_trial(self) -> Iterator[None]:
        """Undo what the block writes, if this is a dry run: its answer is what would be."""
        if not self.is_dry_run:
            yield
            return
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def room_named(self, name: str, **more: bool) -> Room:
        """Return the project's room of this id, or else of this name; raises Http404.

        `more` is what RoomQuerySet.found may be asked for besides.
        """
        if is_uuid(name):
            with suppress(Room.DoesNotExist):
                return self.rooms.found(name, **more)
        found = self.rooms.named(name, **more) if rule_of(Room, "name").holds(name) else None
        if found is None:
            raise Http404
        return found

    def author(self, door: Door = Door.API) -> Author:
        return Author(
            kind=AuthorKind.TOKEN,
            id=str(self.token.pk),
            name=self.token.name,
            door=door,
            request_id=self.request.id,
        )

    def prefers(self, name: str, value: str = "") -> bool:
        """Say whether the caller's Prefer header (RFC 7240) has this preference."""
        header = self.request.META.get("HTTP_PREFER")
        if not header:
            return False
        wanted = rf"{name}\s*=\s*\"?{value}\"?" if value else name
        return re.search(rf"(?:^|[,;])\s*{wanted}\s*(?:[,;]|\Z)", header, re.I) is not None

    @property
    def is_strict(self) -> bool:
        return self.prefers("handling", "strict")

    def applied_of(self, *preferences: str) -> dict[str, str]:
        """Return the header that names those of the preferences that the caller has."""
        applied = [name for name in preferences if self.prefers(*name.split("="))]
        return {"Preference-Applied": ", ".join(applied)} if applied else {}

    def changing(self, room: str, act: Any) -> Any:
        """Return what `act` makes of the room, or raise what the caller is to be told."""
        if not is_uuid(room):
            raise Http404
        condition = precondition(self.request)
        if condition is None and self.token.project.requires_if_match:
            raise Problem(428, "This project changes rooms only with If-Match: send the ETag.")
        try:
            return act(condition)
        except Room.DoesNotExist:
            raise Http404 from None
        except Stale as stale:
            raise self.stale(stale, condition) from None
        except RoomIsLive:
            raise Problem(409, "A session is in progress. End it first.") from None

    def stale(self, stale: Stale, condition: Precondition | None) -> Problem:
        detail = "The room was changed since you read it. Read it again."
        return Problem(412, detail, {"ETag": etag(stale.room)})


def answer_to(
    change: Change, *, dry_run: bool = False, status: int = 200, **headers: str
) -> HttpResponse:
    """Return the room as the API draws it; of a dry run also what moved, and what it would mean."""
    drawn = draw(change.room)
    if dry_run:
        drawn["dry_run"] = {"changes": change.as_json(), "live": _live(change)}
    return json_answer(drawn, status, {"ETag": etag(change.room), **headers})


def _live(change: Change) -> dict[str, Any] | None:
    """Return what a change means for the session in progress, and what it would, if applied now."""
    session = change.room.active_session
    if session is None:
        return None
    now = _applied_now(session, change)
    return now and {
        "room_session_id": str(session.pk),
        "takes_effect": "next_session",
        "applied_now": now,
    }


def _applied_now(session: RoomSession, change: Change) -> dict[str, Any] | None:
    values = {name: after for name, (_, after) in change.moved.items() if name in SETTINGS}
    sessions = RoomSession.objects.filter(pk=session.pk)
    try:
        return draw_applied(apply_settings(sessions, session.pk, values, by=NOBODY, dry_run=True))
    except ValidationError as refused:
        # Of the room's window and the session's, only one may have moved.
        return {"refused": refused.messages}
    except (RoomSession.DoesNotExist, SessionEnded):
        return None


def body_of(request: Request) -> Any:
    """Return the body, which these calls cannot do without."""
    if not has_body(request):
        raise ParseError("The body is empty: send a JSON object, {} to change nothing.")
    return request.data


def has_body(request: Request) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > 0

"""Take moving pictures of live rooms, in the mixer: many rooms in one shot, twice a minute."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sessions.media.janus import Janus
from sessions.media.janus_copies import copies_in, stop_copy
from sessions.media.server import MediaServerError, MediaServerUnavailable, media_server
from sessions.mixing.places import boxes
from sessions.mixing.scenes import Scene, pictures_of
from sessions.mixing.shots import SIZE
from sessions.mixing.watching import Watched, receive, watched
from sessions.models import JoinAs, Member, Preview, RoomSession

log = logging.getLogger(__name__)

# A mixer that is killed loses its rooms after the lease.
EVERY, LEASE = timedelta(seconds=30), timedelta(seconds=60)
# The rooms of a shot, and the people of a shot with more than one room.
MOST_ROOMS, MOST_PEOPLE = 16, 96
People = Mapping[UUID, Sequence[Member]]


def take_previews(now: datetime) -> int:
    """Take the pictures that are due; return how many rooms were visited."""
    server = media_server()
    if not isinstance(server, Janus):
        return 0
    Preview.objects.add_missing(now, MOST_ROOMS)
    held = _locked(now)
    people = _people_of(held)
    visited = _fitting(held, people)
    try:
        _shoot(server, visited, people)
    except MediaServerUnavailable as error:
        log.warning("No preview can be taken: %s", error)
    finally:
        for one in held:
            # The rooms that did not fit are due at once.
            _held_by(one).update(
                due_at=now + EVERY if one in visited else one.due_at, locked_until=timezone.now()
            )
    return len(visited)


def _locked(now: datetime) -> list[Preview]:
    due = Preview.objects.due(now).select_related("session").defer("picture")
    held = []
    for one in due.order_by("due_at")[:MOST_ROOMS]:
        waiting = _held_by(one)
        one.locked_until = now + LEASE
        if waiting.update(locked_until=one.locked_until):
            held.append(one)
    return held


def _held_by(preview: Preview) -> QuerySet[Preview]:
    """Return the row, if no other mixer has taken it."""
    return Preview.objects.filter(pk=preview.pk, locked_until=preview.locked_until)


def _people_of(held: Sequence[Preview]) -> People:
    """Return the members inside, in the order of their arrival, as in recordings."""
    inside = Member.objects.filter(session__in=[one.pk for one in held], leave_time=None)
    people: dict[UUID, list[Member]] = defaultdict(list)
    for member in inside.exclude(join_as=JoinAs.AUDIENCE).order_by("join_time", "pk"):
        people[member.session_id].append(member)
    return people


def _fitting(held: Sequence[Preview], people: People) -> list[Preview]:
    """Return the first rooms, until they have too many people for one shot."""
    fitting: list[Preview] = []
    count = 0
    for one in held:
        count += len(people[one.pk])
        if fitting and count > MOST_PEOPLE:
            break
        fitting.append(one)
    return fitting


def _shoot(server: Janus, visited: Sequence[Preview], people: People) -> None:
    scenes = {}
    for preview in visited:
        try:
            scene = _scene(server, preview.session, people[preview.pk])
        except MediaServerUnavailable:
            raise
        except MediaServerError as error:
            log.warning("%s has to wait: %s", preview, error)
            continue
        if scene is None:
            _clear(preview)
        else:
            scenes[preview] = scene
    for preview, picture in zip(scenes, _taken(server, [*scenes.values()]), strict=True):
        if picture:
            _save(preview, picture)
        else:
            log.warning("%s: what the cameras sent cannot be decoded.", preview)


def _scene(server: Janus, session: RoomSession, people: Sequence[Member]) -> Scene | None:
    """Return the people and cameras to show, None if no member sends; raise MediaServerError."""
    for member_id, stream_id in copies_in(server, session):
        # A mixer that was killed left them: this one has the lease.
        stop_copy(server, session, member_id, stream_id)
    sends = (session.enable_room_previews and server.inside(session)) or {}
    inside = [member for member in people if str(member.pk) in sends]
    if not any(sends[str(member.pk)] for member in inside):
        return None
    places = boxes(session.layout, len(inside), SIZE)
    shown = inside[: len(places)]
    cameras = [
        Watched(session, str(member.pk)) if sends[str(member.pk)] else None for member in shown
    ]
    return Scene(places, [member.name or "Guest" for member in shown], cameras)


def _taken(server: Janus, scenes: Sequence[Scene]) -> list[bytes]:
    cameras = [camera for scene in scenes for camera in scene.cameras if camera]
    with watched(server, cameras):
        begin = receive(cameras)
    return pictures_of(scenes, begin)


@transaction.atomic
def _clear(preview: Preview) -> None:
    """Forget the picture of a session in which no member sends, or whose previews are off."""
    held = _held_by(preview)
    if not preview.session.enable_room_previews:
        held.delete()
    elif not held.update(picture=None):
        return
    RoomSession.objects.filter(pk=preview.pk).update(preview_at=None)


@transaction.atomic
def _save(preview: Preview, picture: bytes) -> None:
    """Save a picture, unless another mixer has taken the row."""
    if _held_by(preview).update(picture=picture):
        RoomSession.objects.filter(pk=preview.pk).update(preview_at=timezone.now())

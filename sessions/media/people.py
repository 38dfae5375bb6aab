"""The people who are in a recording: those inside during it, without the audience."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from rooms.models.searchable import Matches, SearchedText
from rooms.rules.searching import is_found
from sessions.models import JoinAs, Member, Recording

# SQL folds only ASCII, so Python compares names with other characters: the newest of them.
OTHER_NAMES = Q(name__regex="[^ -~]")
OTHERS_READ = 5_000


@dataclass(frozen=True)
class Presence:
    """A stay within a recording; `left_at` is None while the recording and the stay go on."""

    member: Member
    joined_at: datetime
    left_at: datetime | None


def people_of(recording: Recording, began: datetime | None = None) -> list[Presence]:
    """Return the stays within a recording, in the order of their start.

    `began` is the time of the first packet, if that is known.
    """
    start, end = began or recording.started_at, recording.finished_at
    if end and end <= start:
        return []
    members = Member.objects.filter(_inside(start, end or timezone.now()))
    inside = members.filter(session=recording.session_id).order_by("join_time", "pk")
    return [_presence(member, start, end) for member in inside]


def people_in(recording: Recording, stays: Iterable[Member], now: datetime) -> list[Presence]:
    """Return the same of stays that were read before, in the order of their start."""
    start, end = recording.started_at, recording.finished_at
    if end and end <= start:
        return []
    inside = [one for one in stays if _meets(one, start, end or now)]
    ordered = sorted(inside, key=lambda one: (one.join_time, one.pk))
    return [_presence(member, start, end) for member in ordered]


def _meets(member: Member, start: datetime, end: datetime) -> bool:
    """Return the same as _inside() without the database."""
    left = member.leave_time
    is_inside = member.join_time < end and (left is None or left > start)
    return is_inside and member.join_as != JoinAs.AUDIENCE


def _inside(start: Any, end: Any) -> Q:
    """Return the condition of stays that meet a time."""
    left = Q(leave_time=None) | Q(leave_time__gt=start)
    return left & Q(join_time__lt=end) & ~Q(join_as=JoinAs.AUDIENCE)


def _presence(member: Member, start: datetime, end: datetime | None) -> Presence:
    left = member.leave_time
    if end is not None:
        left = min(left or end, end)
    return Presence(member, max(member.join_time, start), left)


def members_named(recordings: QuerySet[Recording], text: str) -> QuerySet[Member]:
    """Return the members of the recordings' sessions whose name has the words of `text`."""
    sessions = recordings.order_by().values("session")
    others = Member.objects.filter(OTHER_NAMES, session__in=sessions).order_by("-pk")
    names = others.values_list("pk", "name")[:OTHERS_READ]
    found = [pk for pk, name in names if is_found(text, name or "")]
    return Member.objects.filter(Q(Matches(text, SearchedText("name"))) | Q(pk__in=found))


def with_people(recordings: QuerySet[Recording], members: QuerySet[Member]) -> QuerySet[Recording]:
    """Return the recordings that one of `members` is in."""
    end = Coalesce(OuterRef("finished_at"), timezone.now())
    inside = members.filter(_inside(OuterRef("started_at"), end), session=OuterRef("session"))
    # The sessions are found first, with the index of `members`.
    sessions = members.order_by().values("session")
    return recordings.filter(Exists(inside.order_by()), session__in=sessions)

"""Recordings, derived from the events of their start and end; they have no table."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sessions.models import SessionEvent, SessionEventType


def recordings(project_id: Any) -> QuerySet[SessionEvent]:
    """Return a project's recordings: the events of their starts, with `finished_at`.

    A recording ends at the latest with its session; while it runs, `finished_at` is None.
    """
    ended = SessionEvent.objects.filter(
        session=OuterRef("session"), type=SessionEventType.RECORDING_ENDED, pk__gt=OuterRef("pk")
    )
    return (
        SessionEvent.objects.filter(project_id=project_id, type=SessionEventType.RECORDING_STARTED)
        .annotate(
            finished_at=Coalesce(
                Subquery(ended.order_by("pk").values("at")[:1]), "session__end_time"
            ),
            ended_by=Subquery(ended.order_by("pk").values("pk")[:1]),
        )
        .order_by("-pk")
    )


def events_of(recording: SessionEvent) -> QuerySet[SessionEvent]:
    """Return the events of a recording from recordings(): its start, and its end if it has one."""
    both = [pk for pk in (recording.pk, recording.ended_by) if pk is not None]
    return SessionEvent.objects.filter(pk__in=both).select_related("session")

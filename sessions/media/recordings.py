"""Recordings, read off the events of their beginning and end: there is no table to disagree."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sessions.models import SessionEvent, SessionEventType


def recordings(project_id: Any) -> QuerySet[SessionEvent]:
    """Return a project's recordings: each the event that it began with, and `finished_at`.

    One that nothing stopped ended with its session; None: it is being made.
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
    """Return the events of one that `recordings` found: its beginning, and its end if there is."""
    both = [pk for pk in (recording.pk, recording.ended_by) if pk is not None]
    return SessionEvent.objects.filter(pk__in=both).select_related("session")

"""Gauges from the database, read at each scrape."""

import contextlib
import shutil
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import Error, connection
from django.db.models import Min, Model, QuerySet
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from access.database.replica import replica
from access.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from rooms.models import Room, RoomChange
from rooms.models.job import MOVING, Job
from sessions.lifecycle.auto_created import unused_rooms
from sessions.lifecycle.departure_steps import EMPTY_FOR
from sessions.models import MediaRoom, Member, Preview, RoomSession, SessionStatus
from sessions.models.worker_process import WorkerKind
from sessions.worker.monitoring import film_queue, last_beat, overdue, workers_at_work

CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
OLDEST = """
SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
ESTIMATE = "SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = %s::regclass"


class DatabaseGauges:
    """A collector of prometheus_client: at each scrape one worker process reads the tables.

    If the database is away, it returns only greenroom_database_up 0.
    """

    def collect(self) -> Iterator[Metric]:
        try:
            found = [*_gauges(timezone.now())]
        except Error:
            found = [("database_up", "Whether the database answers.", 0)]
        for name, text, value in found:
            yield GaugeMetricFamily(f"greenroom_{name}", text, value)


def _gauges(now: datetime) -> Iterator[tuple[str, str, float]]:
    yield "database_up", "Whether the database answers.", 1
    yield "rooms", "Rooms; on PostgreSQL an estimate.", _rows(Room)
    yield "history_rows", "Changes in the history; on PostgreSQL an estimate.", _rows(RoomChange)
    live = RoomSession.objects.filter(status=SessionStatus.IN_PROGRESS)
    yield "sessions_live", "Sessions in progress.", live.count()
    inside = Member.objects.filter(leave_time=None)
    yield "members_inside", "Members in a session.", inside.count()
    yield "members_overdue", "Members in a session after their time to leave.", overdue(now)
    late = _age(inside.filter(leave_by__lte=now), "leave_by", now)
    yield "members_overdue_seconds", "Time since the first of them had to leave.", late
    empty = _age(live.filter(empty_since__lte=now - EMPTY_FOR), "empty_since", now - EMPTY_FOR)
    yield "sessions_empty_late_seconds", "Time since the first empty session was due to end.", empty
    yield "token_rooms_unused", "Rooms that wait for their deletion.", unused_rooms().count()
    looks = _age(MediaRoom.objects.filter(look_at__lte=now), "look_at", now)
    yield "media_late_seconds", "Time since the first media server sync was due.", looks
    yield from _workers(now)
    yield from _webhooks(now)
    moving = Job.objects.filter(state__in=MOVING)
    yield "jobs_waiting", "Unfinished background jobs.", moving.count()
    yield (
        "jobs_silent_seconds",
        "Time since the oldest heartbeat among them.",
        _age(moving, "heartbeat", now),
    )
    if settings.MIXER:
        yield from _films(now)
    if settings.REPLICA_URL:
        is_read = replica().condition() == "ok"
        yield "replica_read", "Whether this process reads from the replica.", is_read
        yield "replica_lag_seconds", "Upper limit of the replica's lag.", replica().lag()
    if connection.vendor == "postgresql":
        yield "database_connections", "Connections to this database.", _fetch_number(CONNECTIONS)
        yield (
            "database_oldest_transaction_seconds",
            "Age of the oldest transaction.",
            _fetch_number(OLDEST),
        )


def _workers(now: datetime) -> Iterator[tuple[str, str, float]]:
    beat = last_beat()
    yield "workers", "Workers with a recent heartbeat.", workers_at_work(now).count()
    silent = (now - beat).total_seconds() if beat else float("inf")
    yield "worker_silent_seconds", "Time since the last heartbeat of any worker.", silent


def _films(now: datetime) -> Iterator[tuple[str, str, float]]:
    mixers = workers_at_work(now, WorkerKind.MIXER)
    yield "mixers", "Mixers with a recent heartbeat.", mixers.count()
    queue = film_queue(now)
    yield "compositions_waiting", "Unfinished compositions.", queue.waiting
    late = queue.late.total_seconds()
    yield "compositions_late_seconds", "Time since the first of them was due.", late
    yield "compositions_failed", "Failed compositions in the database.", queue.failed
    shots = _age(Preview.objects.due(now), "due_at", now)
    yield "previews_late_seconds", "Time since the first preview was due.", shots
    # The folder can be on another machine, or not exist before the first film.
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(settings.RECORDINGS_FOLDER).free
        yield "recordings_free_bytes", "Free space for composed recordings.", free


def _webhooks(now: datetime) -> Iterator[tuple[str, str, float]]:
    pending = WebhookDelivery.objects.filter(
        state=DeliveryState.PENDING, endpoint__disabled_at=None
    )
    yield "webhooks_pending", "Pending deliveries.", pending.count()
    late = _age(pending.filter(due_at__lte=now), "due_at", now)
    yield "webhooks_late_seconds", "Time since the first of them was due.", late
    given_up = WebhookDelivery.objects.filter(state=DeliveryState.GIVEN_UP)
    yield "webhooks_given_up", "Failed deliveries in the database.", given_up.count()
    disabled = WebhookEndpoint.objects.exclude(disabled_at=None)
    yield "webhooks_disabled", "Disabled endpoints.", disabled.count()


def _age(rows: QuerySet, field: str, now: datetime) -> float:
    oldest = rows.aggregate(oldest=Min(field))["oldest"]
    return (now - oldest).total_seconds() if oldest else 0.0


def _rows(model: type[Model]) -> float:
    # Counting a million rows would take longer than a scrape may.
    if connection.vendor == "postgresql":
        return _fetch_number(ESTIMATE, [model._meta.db_table])
    return model._default_manager.count()


def _fetch_number(sql: str, parameters: list[str] | None = None) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return float(cursor.fetchone()[0])

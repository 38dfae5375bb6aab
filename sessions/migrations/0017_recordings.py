"""Keep recordings and their compositions as rows, also those that only have events."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from access.database.online_migrations import AddCheckOnline

BATCH = 1000


def keep_recordings(apps, schema_editor):
    """Make the rows of the recordings that began before this release."""
    SessionEvent = apps.get_model("room_sessions", "SessionEvent")
    Recording = apps.get_model("room_sessions", "Recording")
    ended = SessionEvent.objects.filter(
        session=OuterRef("session"), type="recording.ended", pk__gt=OuterRef("pk")
    )
    began = (
        SessionEvent.objects.filter(type="recording.started")
        .exclude(pk__in=Recording.objects.values("pk"))
        .annotate(
            finished_at=Coalesce(
                Subquery(ended.order_by("pk").values("at")[:1]), F("session__end_time")
            )
        )
    )
    rows = []
    for event in began.order_by("pk").iterator(BATCH):
        rows.append(
            Recording(
                pk=event.pk,
                session_id=event.session_id,
                project_id=event.project_id,
                state="raw" if event.finished_at else "recording",
                started_at=event.at,
                finished_at=event.finished_at,
            )
        )
    Recording.objects.bulk_create(rows, batch_size=BATCH)


class Migration(migrations.Migration):
    # A check without a long lock needs this.
    atomic = False
    dependencies = [
        ("room_sessions", "0016_index_periods"),
    ]

    operations = [
        migrations.CreateModel(
            name="Composition",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("state", models.CharField(default="queued")),
                ("layout", models.TextField()),
                ("quality", models.TextField()),
                ("fps", models.IntegerField()),
                ("in_sync", models.BooleanField()),
                (
                    "done",
                    models.FloatField(default=0, help_text="The share of the film that exists."),
                ),
                ("attempts", models.IntegerField(default=0)),
                (
                    "locked_until",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="Time until which one mixer has the row.",
                    ),
                ),
                (
                    "fault",
                    models.TextField(
                        default="", help_text="Why it failed, or which files it lacks."
                    ),
                ),
                ("size_in_bytes", models.BigIntegerField(null=True)),
                ("seconds", models.FloatField(help_text="Length of the film.", null=True)),
                (
                    "cpu_seconds",
                    models.FloatField(help_text="CPU time of the composition.", null=True),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("project_id", models.UUIDField(editable=False)),
                ("state", models.CharField(default="recording")),
                ("started_at", models.DateTimeField()),
                (
                    "finished_at",
                    models.DateTimeField(help_text="Null during the recording.", null=True),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="sessionevent",
            name="sessionevent_type_choice",
        ),
        migrations.AddField(
            model_name="workerprocess",
            name="kind",
            field=models.TextField(db_default="worker", default="worker"),
        ),
        AddCheckOnline(
            model_name="sessionevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "type__in",
                        [
                            "room.started",
                            "room.updated",
                            "room.ended",
                            "member.joined",
                            "member.left",
                            "member.blocked",
                            "member.unblocked",
                            "recording.started",
                            "recording.ended",
                            "recording.ready",
                            "recording.failed",
                        ],
                    )
                ),
                name="sessionevent_type_choice",
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="session",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recordings",
                to="room_sessions.roomsession",
            ),
        ),
        migrations.AddField(
            model_name="composition",
            name="recording",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="compositions",
                to="room_sessions.recording",
            ),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(fields=["project_id", "id"], name="recording_newest_in_project"),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(fields=["session", "id"], name="recording_of_session"),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["recording", "raw", "composing", "ready", "failed"])
                ),
                name="recording_state_choice",
            ),
        ),
        migrations.AddIndex(
            model_name="composition",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "composing"))),
                fields=["locked_until"],
                name="composition_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="composition",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "composing", "ready", "failed"])),
                name="composition_state_choice",
            ),
        ),
        migrations.RunPython(keep_recordings, migrations.RunPython.noop, elidable=True),
    ]

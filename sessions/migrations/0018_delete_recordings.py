"""Let clients and staff delete and restore recordings, and record the events of it."""

from django.db import migrations, models

from access.database.online_migrations import AddCheckOnline, AddIndexConcurrently

TYPES = [
    *("room.started", "room.updated", "room.ended", "member.joined", "member.left"),
    *("member.blocked", "member.unblocked", "recording.started", "recording.ended"),
    *("recording.ready", "recording.failed", "recording.deleted", "recording.restored"),
]
RECORDING = ["recording", "raw", "composing", "ready", "failed", "deleted"]
COMPOSITION = ["queued", "composing", "ready", "failed", "stopped"]


def choice(name, column, values):
    return [
        migrations.RemoveConstraint(model_name=name, name=f"{name}_{column}_choice"),
        AddCheckOnline(
            model_name=name,
            constraint=models.CheckConstraint(
                condition=models.Q((f"{column}__in", values)), name=f"{name}_{column}_choice"
            ),
        ),
    ]


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY needs this.
    atomic = False

    dependencies = [("room_sessions", "0017_recordings")]

    operations = [
        migrations.AddField(
            model_name="recording",
            name="deleted_at",
            field=models.DateTimeField(help_text="Null unless it is deleted.", null=True),
        ),
        migrations.AddField(
            model_name="recording",
            name="former_state",
            field=models.CharField(null=True),
        ),
        migrations.AddField(
            model_name="recording",
            name="restored_at",
            field=models.DateTimeField(help_text="Time of the last restoration.", null=True),
        ),
        migrations.AddField(
            model_name="recording",
            name="files_removed_at",
            field=models.DateTimeField(
                help_text="Time at which a mixer removed the film and the raw files.", null=True
            ),
        ),
        AddIndexConcurrently(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["project_id", "id"],
                name="recording_kept_in_project",
            ),
        ),
        AddIndexConcurrently(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["project_id", "finished_at"],
                name="recording_finished",
            ),
        ),
        AddIndexConcurrently(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False), ("files_removed_at", None)),
                fields=["deleted_at"],
                name="recording_with_files_to_remove",
            ),
        ),
        *choice("recording", "state", RECORDING),
        *choice("composition", "state", COMPOSITION),
        *choice("sessionevent", "type", TYPES),
        AddCheckOnline(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("deleted_at__isnull", False),
                        ("former_state__isnull", False),
                        ("state", "deleted"),
                    ),
                    models.Q(
                        ("deleted_at", None),
                        ("files_removed_at", None),
                        ("former_state", None),
                        models.Q(("state", "deleted"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="recording_deleted_at_a_time",
            ),
        ),
    ]

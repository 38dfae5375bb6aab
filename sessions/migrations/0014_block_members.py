"""Let staff block a member's room token, and record the events of it."""

from django.db import migrations, models

from access.database.online_migrations import AddCheckOnline, AddIndexConcurrently

TYPES = [
    *("room.started", "room.updated", "room.ended", "member.joined", "member.left"),
    *("member.blocked", "member.unblocked", "recording.started", "recording.ended"),
]


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY needs this.
    atomic = False

    dependencies = [("room_sessions", "0013_fold_names")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="blocked_at",
            field=models.DateTimeField(
                help_text="Time since which the member's token admits no one; null: not blocked.",
                null=True,
            ),
        ),
        AddIndexConcurrently(
            model_name="member",
            index=models.Index(
                condition=models.Q(("blocked_at__isnull", False)),
                fields=["jti"],
                name="member_blocked",
            ),
        ),
        migrations.RemoveConstraint(model_name="sessionevent", name="sessionevent_type_choice"),
        AddCheckOnline(
            model_name="sessionevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("type__in", TYPES)), name="sessionevent_type_choice"
            ),
        ),
    ]

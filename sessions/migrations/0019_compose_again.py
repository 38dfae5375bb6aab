"""Let clients and staff compose a recording again, without some members, and delete a film."""

from django.db import migrations, models

from access.database.online_migrations import AddCheckOnline

STATES = ["queued", "composing", "ready", "failed", "stopped", "deleted"]


class Migration(migrations.Migration):
    # A check without a long lock needs this.
    atomic = False

    dependencies = [("room_sessions", "0018_delete_recordings")]

    operations = [
        migrations.AddField(
            model_name="composition",
            name="without",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="The ids of members whom the film leaves out.",
            ),
        ),
        migrations.RemoveConstraint(model_name="composition", name="composition_state_choice"),
        AddCheckOnline(
            model_name="composition",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", STATES)), name="composition_state_choice"
            ),
        ),
    ]

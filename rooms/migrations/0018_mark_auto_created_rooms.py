"""Mark the rooms that room tokens make, and index the deletions that such tokens look up."""

from django.db import migrations, models

from access.database.online_migrations import AddIndexConcurrently


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY needs this.
    atomic = False

    dependencies = [("rooms", "0017_idempotent_calls_of_access")]

    operations = [
        # PostgreSQL adds a column with a constant default without rewriting the table.
        migrations.AddField(
            model_name="room",
            name="auto_created",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        AddIndexConcurrently(
            model_name="room",
            index=models.Index(
                condition=models.Q(("auto_created", True)),
                fields=["id"],
                name="room_auto_created",
            ),
        ),
        migrations.AlterField(
            model_name="roomchange",
            name="channel",
            field=models.TextField(
                choices=[
                    ("api", "API"),
                    ("form", "Form"),
                    ("admin", "Admin"),
                    ("bulk", "Bulk action"),
                    ("csv", "CSV import"),
                    ("revert", "Revert"),
                    ("shell", "Command line"),
                    ("session", "End of the session"),
                ],
                db_column="door",
                verbose_name="via",
            ),
        ),
        AddIndexConcurrently(
            model_name="roomchange",
            index=models.Index(
                condition=models.Q(("action", "deleted")),
                fields=["project_id", "room_name", "at"],
                name="roomchange_deleted",
            ),
        ),
    ]

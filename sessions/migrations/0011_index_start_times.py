"""Index the times at which sessions started."""

from django.db import migrations, models

from access.database.online_migrations import AddIndexConcurrently


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY needs this.
    atomic = False

    dependencies = [("room_sessions", "0010_session_version")]

    operations = [
        AddIndexConcurrently(
            model_name="roomsession",
            index=models.Index(fields=["project", "start_time"], name="roomsession_started"),
        ),
    ]

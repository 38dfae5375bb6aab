"""Keep the newest preview of live sessions, and its time instead of a link that no code wrote."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("room_sessions", "0020_format_of_films"),
    ]

    operations = [
        # Servers of the release before read the column, so a later release removes it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="roomsession", name="preview_url"),
            ]
        ),
        migrations.AddField(
            model_name="roomsession",
            name="preview_at",
            field=models.DateTimeField(
                editable=False,
                help_text="Time of the newest picture of its preview, or null.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="Preview",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preview",
                        serialize=False,
                        to="room_sessions.roomsession",
                    ),
                ),
                (
                    "picture",
                    models.BinaryField(
                        help_text="An animated WebP, or null without one.", null=True
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="Time of the next picture."
                    ),
                ),
                (
                    "locked_until",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="Time until which one mixer has the row.",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["due_at"], name="preview_due")],
            },
        ),
    ]

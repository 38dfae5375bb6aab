"""Record refused attempts to join a room."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("room_sessions", "0014_block_members"),
        ("rooms", "0018_mark_auto_created_rooms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slot", models.SmallIntegerField()),
                ("number", models.BigIntegerField(help_text="Counts the attempts of the room.")),
                ("name", models.TextField(help_text="The person's name in the token.", null=True)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "room",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="refusals",
                        to="rooms.room",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("room", "slot"), name="refusal_one_in_a_slot")
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusalCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "hour",
                    models.DateTimeField(db_index=True, help_text="The start of the hour in UTC."),
                ),
                ("number", models.IntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "room",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="refusal_counts",
                        to="rooms.room",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("room", "hour", "reason"), name="refusalcount_one_of_each"
                    )
                ],
            },
        ),
    ]

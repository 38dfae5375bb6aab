"""Take the table of idempotent calls from the app rooms, and add the headers of responses."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0010_choice_of_projects"),
        ("rooms", "0017_idempotent_calls_of_access"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="IdempotentCall",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("project_id", models.UUIDField()),
                        ("key", models.TextField()),
                        (
                            "digest",
                            models.TextField(help_text="Digest of the URL and the body."),
                        ),
                        (
                            "started_at",
                            models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                        ),
                        (
                            "status",
                            models.IntegerField(
                                help_text="Null while the request is running.", null=True
                            ),
                        ),
                        (
                            "answer",
                            models.TextField(
                                default="", help_text="The body of the response, without secrets."
                            ),
                        ),
                    ],
                    options={
                        "db_table": "rooms_idempotentcall",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project_id", "key"), name="idempotentcall_one_a_key"
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="idempotentcall",
            name="headers",
            field=models.TextField(db_default="{}", default="{}", help_text="As a JSON object."),
        ),
    ]

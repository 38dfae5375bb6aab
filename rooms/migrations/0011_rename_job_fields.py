"""Give fields of a job plainer names; their columns stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0010_changes_within_their_page")]

    operations = [
        migrations.AlterField(
            "job",
            "asked",
            models.JSONField(
                db_column="asked", default=dict, help_text="What the user asked for, by kind."
            ),
        ),
        migrations.RenameField("job", "asked", "request"),
        migrations.AlterField(
            "job",
            "shown",
            models.JSONField(
                db_column="shown",
                default=dict,
                help_text="Number of rooms by outcome, in the preview.",
            ),
        ),
        migrations.RenameField("job", "shown", "preview_counts"),
        migrations.AlterField(
            "job",
            "fared",
            models.JSONField(
                db_column="fared",
                default=dict,
                help_text="Number of rooms by outcome, once applied.",
            ),
        ),
        migrations.RenameField("job", "fared", "result_counts"),
        migrations.AlterField(
            "job",
            "goes_on",
            models.BooleanField(
                db_column="goes_on",
                default=False,
                help_text="Apply without a question if no room is refused.",
            ),
        ),
        migrations.RenameField("job", "goes_on", "auto_apply"),
    ]

"""Give fields of a media room plainer names; their columns stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("room_sessions", "0006_words_for_people")]

    operations = [
        migrations.AlterField(
            "mediaroom",
            "told",
            models.JSONField(
                db_column="told", default=dict, help_text="The settings that were sent last."
            ),
        ),
        migrations.RenameField("mediaroom", "told", "pushed_settings"),
        migrations.AlterField(
            "mediaroom",
            "busy_until",
            models.DateTimeField(
                db_column="busy_until", help_text="When another worker may take over.", null=True
            ),
        ),
        migrations.RenameField("mediaroom", "busy_until", "locked_until"),
    ]

"""Name the channel of a change plainly; its column stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0013_translate_labels")]

    operations = [
        migrations.AlterField(
            "roomchange",
            "door",
            models.TextField(
                choices=[
                    ("api", "API"),
                    ("form", "Form"),
                    ("admin", "Admin"),
                    ("bulk", "Bulk action"),
                    ("csv", "CSV import"),
                    ("revert", "Revert"),
                    ("shell", "Command line"),
                ],
                db_column="door",
                verbose_name="via",
            ),
        ),
        migrations.RenameField("roomchange", "door", "channel"),
    ]

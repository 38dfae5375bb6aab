"""Share a saved view with a project. The release before reads and writes views without the column."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0018_who_used_tokens"),
        ("rooms", "0022_index_names_in_project"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="project",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="shared_views",
                to="access.project",
            ),
        ),
    ]

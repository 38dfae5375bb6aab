from django.db import migrations, models

from access.database.online_migrations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("access", "0014_count_idempotent_calls")]

    operations = [
        AddIndexConcurrently(
            model_name="idempotentcall",
            index=models.Index(
                fields=["project_id", "started_at"], name="idempotentcall_of_project"
            ),
        ),
    ]

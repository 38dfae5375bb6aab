from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0013_sign_ins")]

    operations = [
        migrations.CreateModel(
            name="IdempotencyUsage",
            fields=[
                ("project_id", models.UUIDField(primary_key=True, serialize=False)),
                ("calls", models.IntegerField(default=0)),
                ("octets", models.BigIntegerField(default=0)),
            ],
        ),
    ]

"""Index the display names of each project, for its list from A to Z; writers go on."""

from django.db import migrations, models

NAME = "room_by_name_in_project"
INDEX = models.Index(fields=("project", "display_name", "id"), name=NAME)


def add_index(apps, schema_editor):
    room = apps.get_model("rooms", "Room")
    if schema_editor.connection.vendor != "postgresql":
        return schema_editor.add_index(room, INDEX)
    # An attempt that failed has left an index that is not valid.
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
    return schema_editor.add_index(room, INDEX, concurrently=True)


def remove_index(apps, schema_editor):
    schema_editor.remove_index(apps.get_model("rooms", "Room"), INDEX)


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY needs this.
    atomic = False

    dependencies = [("rooms", "0021_index_former_names")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(add_index, remove_index)],
            [migrations.AddIndex("room", INDEX)],
        )
    ]

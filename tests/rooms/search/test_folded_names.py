"""The folded form of a name is stored with the name, in every channel that writes one."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from rooms.changes.folding import fold_names
from rooms.changes.validation import SETTINGS, written
from rooms.models import Room, RoomChange
from sessions.lifecycle.live_settings import apply_settings
from sessions.models import RoomSession
from sessions.worker.upkeep import fold_every_name
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.api import ROOMS_URL, room_url
from tests.support.bulk import BULK_URL, ids

FOLDED = ("folded_name", "folded_from")
ARZTE = ("die arzte", "Die Ärzte")

pytestmark = pytest.mark.django_db


def folded(row):
    row.refresh_from_db()
    return row.folded_name, row.folded_from


def test_folded_name_follows_each_change(api, room):
    for name, stored in (("Die Ärzte", ARZTE), ("Ward", (None, None)), ("É", ("e", "É"))):
        assert api.put(room_url(room), {"display_name": name}).status_code == 200
        assert folded(room) == stored


def test_created_room_has_its_folded_name(api):
    api.post(ROOMS_URL, {"name": "band", "display_name": "Die Ärzte"})

    assert folded(Room.objects.get(name="band")) == ARZTE


def test_bulk_change_and_import_fold_each_name(api, project):
    rooms = RoomFactory.create_batch(2, project=project, display_name="Ärzte")

    change = {"set": {"display_name": "Die Ärzte"}}
    assert api.post(BULK_URL, {"select": ids(rooms), "change": change}).status_code == 200
    assert [folded(room) for room in rooms] == [ARZTE, ARZTE]

    text = f"id,display_name\n{rooms[0].pk},Ward\n{rooms[1].pk},É\n"
    api.generic("POST", BULK_URL, text.encode(), content_type="text/csv")
    assert [folded(room) for room in rooms] == [(None, None), ("e", "É")]


def test_session_has_the_folded_name_of_its_own_display_name():
    session = SessionFactory(room__display_name="Die Ärzte")
    assert folded(session) == ARZTE

    apply_settings(RoomSession.objects.all(), session.pk, {"display_name": "É"}, by=TESTS)
    assert folded(session) == ("e", "É")


def test_folded_name_is_in_no_answer_and_no_history(api, room):
    response = api.put(room_url(room), {"display_name": "Die Ärzte", "folded_name": "x"})
    text = api.get(ROOMS_URL, HTTP_ACCEPT="text/csv").getvalue().decode()

    assert not response.json().keys() & {*FOLDED}
    assert RoomChange.objects.first().changes.keys() == {"display_name"}
    assert "folded" not in text
    assert folded(room) == ARZTE


def test_change_of_another_setting_writes_no_column_of_the_search():
    # So PostgreSQL can keep the row within its page, without a new entry in the index.
    assert {*FOLDED} <= set(written({"display_name"}))
    assert {*FOLDED}.isdisjoint(written({*SETTINGS} - {"display_name"}))


def written_by_the_former_release(rows, **columns):
    """Change rows as a server does that does not know the columns of the search."""
    rows.update(**columns)


@pytest.mark.parametrize("before", ["Ward", "Die Ärzte"])
@pytest.mark.parametrize("after", ["Café", "Night"])
def test_name_by_a_former_release_is_found_at_the_latest_after_the_worker(before, after):
    session = SessionFactory(room__display_name=before)
    rooms, sessions = Room.objects.all(), RoomSession.objects.all()
    written_by_the_former_release(rooms, display_name=after, updated_at=timezone.now())
    written_by_the_former_release(sessions, display_name=after)

    assert rooms.found("caf, NIGHT").exists()
    assert not rooms.found(before).exists()
    # Nothing is left to do after the first turn.
    assert (fold_every_name(), fold_every_name()) == ((2, 0) if after == "Café" else (0, 0))
    assert rooms.found("CAFÉ, night").exists()
    room = Room.objects.get()
    assert (room.version, room.pk) == (1, session.room_id)


def test_worker_folds_no_name_that_has_changed_in_the_meantime(room):
    written_by_the_former_release(Room.objects.all(), display_name="Café")

    with connection.execute_wrapper(_renames(room)):
        assert fold_names(Room) == 1

    assert folded(room) == (None, None)


def _renames(room):
    def rename(execute, sql, *arguments):
        result = execute(sql, *arguments)
        if sql.startswith("SELECT") and "rooms_room" in sql:
            written_by_the_former_release(Room.objects.filter(pk=room.pk), display_name="Ward")
        return result

    return rename


def test_migration_folds_the_names_of_old_rows():
    session = SessionFactory(room__display_name="Die Ärzte")
    SessionFactory(room__display_name="Ward")
    for model in (Room, RoomSession):
        model.objects.update(folded_name=None, folded_from=None)

    migration = import_module("sessions.migrations.0013_fold_names")
    migration.fold_all(apps, SimpleNamespace(connection=connection))

    assert folded(session) == folded(session.room) == ARZTE
    assert Room.objects.filter(folded_name=None).count() == 1

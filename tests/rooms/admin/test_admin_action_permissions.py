import pytest

from access.models import StaffLimit
from rooms.models import Room
from rooms.models.job import Job
from tests.factories import RoomFactory
from tests.support.bulk_changes import MAY, stored
from tests.support.html import log_in
from tests.support.room_actions import ALL, BULK, changes_since_creation, scheduled_room
from tests.support.room_list import LIST, apply, ask, newest_job, preview, run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("action", ALL)
def test_get_changes_nothing(client, action):
    log_in(client)
    rooms = [RoomFactory(), scheduled_room()]
    before = stored()

    sent = {
        "action": action,
        "asked": 1,
        "apply": 1,
        "mode": "valid",
        "hours": 1,
        "quality": "1080p",
    }
    client.get(LIST, {**sent, "index": 0, "apply": 1, "_selected_action": [r.pk for r in rooms]})

    assert stored() == before


@pytest.mark.parametrize("action", BULK)
@pytest.mark.parametrize("lacking", MAY[1:])
def test_action_needs_the_permissions_of_the_bulk_page(client, action, lacking):
    log_in(client, *(one for one in MAY if one != lacking))
    rooms = [RoomFactory(), scheduled_room()]
    before = stored()

    response = ask(client, action, rooms)

    assert "admin/change_list.html" in response.template_name
    assert stored() == before
    assert not Job.objects.exists()


def test_deletion_needs_its_permission(client):
    log_in(client, *MAY)
    rooms = [RoomFactory(), scheduled_room()]
    before = stored()

    response = ask(client, "delete_selected", rooms, apply="1")

    assert "admin/change_list.html" in response.template_name
    assert stored() == before
    assert not changes_since_creation().exists()


def test_change_permission_does_not_allow_deleting(client):
    log_in(client, *MAY)
    rooms = RoomFactory.create_batch(2)

    assert run(client, "recording_on", rooms) == {"changed": 2}
    ask(client, "delete_selected", rooms, apply="1")

    assert Room.objects.count() == 2


@pytest.mark.parametrize(("action", "across"), [("set_quality", "0"), ("recording_on", "1")])
def test_limited_staff_select_rooms_of_their_projects_only(client, action, across):
    user = log_in(client, *MAY)
    own, other = RoomFactory(), RoomFactory()
    StaffLimit.objects.create(user=user).projects.add(own.project)
    before = Room.objects.filter(pk=other.pk).values().get()

    typed = {"quality": "1080p"} if action == "set_quality" else None
    page = preview(client, action, [own, other], typed, select_across=across)
    apply(client)

    assert other.name not in page.content.decode()
    assert [row.room_id for row in newest_job().rooms.all()] == [own.pk]
    assert newest_job().result_counts == {"changed": 1}
    assert Room.objects.filter(pk=other.pk).values().get() == before

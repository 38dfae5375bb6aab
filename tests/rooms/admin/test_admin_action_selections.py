import pytest

from rooms.models import Room
from rooms.models.job import Job
from tests.factories import RoomFactory
from tests.support.bulk_changes import stored
from tests.support.html import log_in, messages_of
from tests.support.room_list import LIST, apply, ask, newest_job, preview

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("action", ["set_quality", "recording_on"])
def test_too_many_rooms_are_refused_with_a_message(client, action, monkeypatch):
    monkeypatch.setattr("rooms.jobs.create.MOST_ROOMS", 2)
    log_in(client)
    rooms = RoomFactory.create_batch(3)

    sent = {"action": action, "_selected_action": [room.pk for room in rooms]}
    response = client.post(LIST, sent)

    assert response.headers["Location"] == LIST
    assert messages_of(response)[0].endswith("Narrow the list first.")
    assert not Job.objects.exists()


def test_select_all_includes_rooms_beyond_the_page(client):
    log_in(client)
    rooms = RoomFactory.create_batch(55)
    other = RoomFactory(quality="1080p")
    query = "?quality__exact=720p"
    shown = client.get(f"{LIST}{query}").context["cl"].result_list
    assert len(shown) == 50

    typed = {"max_members": "7"}
    preview(client, "set_max_members", shown[:1], typed, query, select_across="1")
    apply(client)

    assert newest_job().result_counts == {"changed": 55}
    assert Room.objects.filter(max_members=7).count() == len(rooms)
    other.refresh_from_db()
    assert other.max_members == 20


@pytest.mark.parametrize("query", ["?q=room", "?status=open", "?live=0", "?o=-3"])
def test_action_works_on_a_filtered_and_sorted_list(client, query):
    log_in(client)
    rooms = RoomFactory.create_batch(2)

    preview(client, "recording_on", rooms, query=query, select_across="1")
    apply(client)

    assert newest_job().result_counts == {"changed": 2}


def test_empty_selection_changes_nothing(client):
    log_in(client)
    RoomFactory()
    before = stored()

    response = ask(client, "recording_on", [])

    assert "Items must be selected" in messages_of(response)[0]
    assert stored() == before


@pytest.mark.parametrize("path", [LIST, "/admin/access/project/", "/admin/access/apitoken/"])
@pytest.mark.parametrize("selected", ["x", "0\0", "9" * 40])
def test_forged_selection_is_refused(client, path, selected):
    log_in(client)
    action = {LIST: "recording_on", "/admin/access/project/": "disable"}.get(path, "revoke")

    response = client.post(path, {"action": action, "index": 0, "_selected_action": selected})

    assert response.status_code == 400

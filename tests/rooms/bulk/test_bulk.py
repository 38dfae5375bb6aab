"""POST /rooms/bulk: one change for many rooms, all or nothing, or only the valid ones."""

from rooms.bulk.engine import CHUNK
from rooms.models import Room, RoomChange
from tests.factories import ProjectFactory, RoomFactory, SessionFactory
from tests.support.bulk import BULK_URL, ids


def test_change_is_applied_to_every_named_room(bulk, rooms):
    response = bulk(ids(rooms[:3]), {"set": {"quality": "1080p"}, "clear": ["description"]})

    assert response.status_code == 200
    assert response.json()["counts"] == {"created": 0, "changed": 3, "unchanged": 0, "refused": 0}
    assert response.json()["applied"] is True
    assert set(Room.objects.filter(quality="1080p")) == set(rooms[:3])
    assert Room.objects.get(pk=rooms[3].pk).version == 1


def test_cleared_display_name_becomes_each_rooms_name(bulk, project):
    rooms = [RoomFactory(project=project, display_name="Lobby") for _ in range(2)]

    response = bulk(ids(rooms), {"clear": ["display_name"]})

    assert [result["changes"] for result in response.json()["results"]] == [
        {"display_name": ["Lobby", room.name]} for room in rooms
    ]


def test_history_entries_share_the_bulk_id(bulk, rooms, token):
    bulk_id = bulk(ids(rooms), {"set": {"max_members": 9}}).json()["bulk_id"]

    entries = RoomChange.objects.filter(bulk_id=bulk_id)
    assert {entry.room_id for entry in entries} == {
        room.pk for room in rooms if room.max_members != 9
    }
    assert {(entry.channel, entry.author_id) for entry in entries} == {("bulk", str(token.pk))}


def test_each_result_shows_before_and_after(bulk, rooms):
    [result] = bulk(ids(rooms[:1]), {"set": {"max_members": 9}}).json()["results"]

    assert result["changes"] == {"max_members": [5, 9]}
    assert result["name"] == rooms[0].name
    assert result["version"] == 2


def test_rooms_with_the_same_values_are_not_written(bulk, rooms):
    bulk(ids(rooms), {"set": {"max_members": 9}})
    before = list(RoomChange.objects.values())

    response = bulk(ids(rooms), {"set": {"max_members": 9}})

    assert response.json()["counts"]["unchanged"] == 4
    assert list(RoomChange.objects.values()) == before


def test_filter_selects_the_same_rooms_as_the_list(bulk, project, rooms):
    RoomFactory(project=project, layout="5x5")

    response = bulk({"filter": {"layout": "5x5"}}, {"set": {"record_on_start": True}})

    assert response.json()["counts"]["changed"] == 1
    assert Room.objects.filter(record_on_start=True).get().layout == "5x5"


def test_empty_filter_selects_every_room_of_the_project_only(bulk, rooms):
    foreign = RoomFactory(project=ProjectFactory())

    bulk({"filter": {}}, {"set": {"quality": "1080p"}})

    assert Room.objects.filter(quality="1080p").count() == len(rooms)
    foreign.refresh_from_db()
    assert foreign.quality == "720p"


def test_more_rooms_than_a_chunk_are_all_changed(bulk, project):
    for _ in range(CHUNK + 3):
        RoomFactory(project=project)

    response = bulk({"filter": {"quality": "720p"}}, {"set": {"quality": "1080p"}})

    assert response.json()["counts"]["changed"] == CHUNK + 3
    assert not Room.objects.filter(quality="720p").exists()


def test_live_room_is_marked(bulk, rooms):
    SessionFactory(room=rooms[0])

    response = bulk(ids(rooms), {"set": {"quality": "1080p"}})

    live = [result["id"] for result in response.json()["results"] if result.get("live")]
    assert live == [str(rooms[0].pk)]


def test_room_named_bulk_can_be_read(api, project):
    room = RoomFactory(project=project, name="bulk")

    assert api.get(BULK_URL).json()["id"] == str(room.pk)

"""A room's meta has the same text after history, revert, merge, bulk changes, files and jobs."""

import json

import pytest
from django.db import connection
from django.urls import reverse

from rooms.models import Room, RoomChange
from tests.factories import RoomFactory, WebhookEndpointFactory
from tests.support import bulk_pages, csv_pages
from tests.support.api import ROOMS_URL, room_url
from tests.support.bulk import BULK_URL, ids
from tests.support.html import fields_of, log_in
from tests.support.room_history import history_url, last_change, revert
from tests.support.webhook_events import event_bodies

pytestmark = pytest.mark.django_db

METAS = [
    '{"a":[1e23,6.02214076e23,1.0,-0.0,1E5,0.1,1e22,5e-324,1e300,1e300,1e300,1e300,1e300,1e300]}',
    '{"zz":1,"a":{"y":2,"b":[{"d":1,"c":2}]},"Z":3,"long key":[],"k":{}}',
    '{"large":123456789012345678901234567890,"least":-9223372036854775809,"n":9007199254740993}',
    '{"\\u0041\\n\\"\\\\":"\\u2028 \\/ \\ud83d\\ude00 \\u0007","meta":{"meta":[1e23,{"b":1}]}}',
]


@pytest.fixture(params=METAS, ids=["numbers", "keys", "integers", "texts"])
def sent(request):
    return request.param


@pytest.fixture
def room(api, room, sent):
    """A room with the meta `sent`, since its second version."""
    body = f'{{"meta": {sent}}}'
    response = api.put(room_url(room), body, content_type="application/json")
    assert response.status_code == 200
    assert text_of(room) == text(response.json()["meta"]) == text(json.loads(sent))
    return room


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(room):
    """Return the stored text of the room's meta."""
    with connection.cursor() as cursor:
        value = room.pk if connection.vendor == "postgresql" else room.pk.hex
        cursor.execute("SELECT meta FROM rooms_room WHERE id = %s", [value])
        return cursor.fetchone()[0]


def put(api, room, body, **headers):
    return api.put(room_url(room), body, content_type="application/json", headers=headers)


def test_history_has_the_text(api, room, sent):
    put(api, room, '{"meta": {}}')
    api.delete(room_url(room))

    changes = list(RoomChange.objects.filter(room_id=room.pk).order_by("version"))

    assert [text(entry.changes["meta"]) for entry in changes] == [
        "[null,{}]",
        f"[{{}},{text(json.loads(sent))}]",
        f"[{text(json.loads(sent))},{{}}]",
        "[{},null]",
    ]


def test_history_of_the_api_and_webhooks_have_the_text(api, room, sent):
    WebhookEndpointFactory(project=room.project)
    put(api, room, '{"meta": {}}')
    before = text(json.loads(sent))

    told = json.loads(api.get(history_url(room)).content)["data"][0]

    assert text(told["changes"]["meta"][0]) == before
    assert text(event_bodies()[-1]["data"]["changes"]["meta"][0]) == before


def test_change_can_be_reverted_at_once(api, room):
    response = revert(api, room)

    assert (response.status_code, text_of(room)) == (200, "{}")


def test_text_comes_back_by_a_revert(api, room):
    stored = text_of(room)
    put(api, room, '{"meta": {}}')

    assert revert(api, room).status_code == 200
    assert text_of(room) == stored
    assert revert(api, room).status_code == 200
    assert (text_of(room), revert(api, room).status_code, text_of(room)) == ("{}", 200, stored)


def test_text_comes_back_by_a_revert_on_the_page(client, api, room):
    stored = text_of(room)
    put(api, room, '{"meta": {}}')
    log_in(client)
    url = reverse("revert-page", args=[last_change(room).pk])

    assert client.post(url, fields_of(client.get(url))).status_code == 302

    assert text_of(room) == stored


def test_meta_sent_back_as_read_is_no_edit(api, room, sent):
    put(api, room, '{"meta": {"a": 1}}')
    body = f'{{"meta": {sent}, "max_members": 33}}'

    response = put(api, room, body, **{"If-Match": '"2"', "Prefer": "merge"})

    assert (response.status_code, response.json()["max_members"]) == (200, 33)
    assert text_of(room) == '{"a":1}'


def test_same_meta_from_both_sides_is_no_overlap(api, room, sent):
    body = f'{{"meta": {sent}, "max_members": 33}}'

    response = put(api, room, body, **{"If-Match": '"1"', "Prefer": "merge"})

    assert (response.status_code, response.json()["max_members"]) == (200, 33)
    assert text_of(room) == text(json.loads(sent))


def test_conflict_shows_the_text(api, room, sent):
    response = put(api, room, '{"meta": {"a": 1}}', **{"If-Match": '"1"'})

    conflict = json.loads(response.content)["conflict"]["meta"]
    assert text(conflict["theirs"]) == text(json.loads(sent))


def test_bulk_change_and_its_revert_keep_the_text(api, room, sent):
    stored, other = text_of(room), RoomFactory(project=room.project)
    body = f'{{"select": {json.dumps(ids([room, other]))}, "change": {{"set": {{"meta": {{}}}}}}}}'
    first = api.post(BULK_URL, body, content_type="application/json").json()

    response = api.post(f"{BULK_URL}/{first['bulk_id']}/revert", {})

    assert (response.status_code, text_of(room)) == (200, stored)
    body = body.replace('"meta": {}', f'"meta": {sent}')
    second = api.post(BULK_URL, body, content_type="application/json").json()
    assert (second["counts"]["changed"], second["counts"]["unchanged"]) == (1, 1)
    assert text_of(other) == stored
    assert api.post(f"{BULK_URL}/{second['bulk_id']}/revert", {}).json()["applied"]
    assert text_of(other) == "{}"


def test_repeated_bulk_request_gets_the_same_bytes(api, room):
    change = {"select": ids([room]), "change": {"set": {"meta": {}}}}

    first, again = (
        api.post(BULK_URL, change, headers={"Idempotency-Key": "k"}) for _attempt in range(2)
    )

    assert first.content == again.content


def test_dry_run_shows_the_text(api, room, sent):
    stored = text_of(room)
    dry = api.put(f"{room_url(room)}?dry_run=true", {"meta": {}})
    put(api, room, '{"meta": {}}')

    again = revert(api, room, query="?dry_run=true")

    before, after = json.loads(dry.content)["dry_run"]["changes"]["meta"]
    assert (text(before), text(after)) == (stored, "{}")
    assert text(json.loads(again.content)["meta"]) == stored


def test_exported_file_changes_nothing_and_creates_the_same_text(api, client, room):
    stored = text_of(room)
    log_in(client)
    file = csv_pages.export(client)

    response = api.generic("POST", BULK_URL, file, content_type="text/csv")

    assert response.json()["counts"]["unchanged"] == 1
    made = "name,meta\r\ncopy," + '"' + stored.replace('"', '""') + '"\r\n'
    api.generic("POST", f"{BULK_URL}?create=true", made, content_type="text/csv")
    assert text_of(Room.objects.get(name="copy")) == stored


def test_bulk_page_and_its_undo_keep_the_text(client, api, room, sent):
    stored, other = text_of(room), RoomFactory(project=room.project)
    log_in(client)

    bulk_pages.try_on(client, [other], change_meta="on", meta=sent)
    bulk_pages.apply(client)
    assert text_of(other) == stored
    bulk_pages.try_on(client, [room, other], change_meta="on", clear_meta="on")
    bulk_pages.apply(client)
    assert text_of(other) == "{}"
    page = bulk_pages.follow(client, client.post(f"/bulk/{bulk_pages.job().pk}/undo"))

    assert page.status_code == 200
    if text_of(other) == "{}":
        bulk_pages.apply(client)
    assert (text_of(room), text_of(other)) == (stored, stored)


def test_edited_job_shows_the_text_again(client, api, room, sent):
    log_in(client)

    bulk_pages.try_on(client, [room], change_meta="on", meta=sent)

    job = bulk_pages.job()
    assert text(job.request["change"]["set"]["meta"]) == text(json.loads(sent))


def test_room_of_a_token_gets_the_text(api, room, sent):
    body = f'{{"room_name": "made", "room_meta": {sent}, "meta": {sent}}}'
    token = api.post("/api/video/room_tokens", body, content_type="application/json").json()

    admitted = api.post("/api/video/room_sessions/admissions", token)

    assert text_of(Room.objects.get(name="made")) == text_of(room)
    assert text(json.loads(admitted.content)["meta"]) == text_of(room)


def test_list_has_the_text(api, room):
    told = json.loads(api.get(ROOMS_URL).content)["data"][0]

    assert text(told["meta"]) == text_of(room)


@pytest.mark.of_postgresql
def test_history_that_jsonb_has_rewritten_stays_readable(api, room):
    stored = text_of(room)
    with connection.cursor() as cursor:
        # As version 0.1.0 stored it.
        cursor.execute(
            "UPDATE rooms_roomchange SET changes = jsonb_build_object('meta',"
            " jsonb_build_array('{}'::jsonb, %s::jsonb)) WHERE version = 2",
            [stored],
        )

    told = api.get(history_url(room)).json()["data"][0]["changes"]["meta"]

    assert told[1].keys() == json.loads(stored).keys()
    assert revert(api, room).status_code == 200
    assert text_of(room) == "{}"

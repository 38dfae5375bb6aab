"""POST /rooms/bulk with an Idempotency-Key is carried out once."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import IdempotentCall
from rooms.models import RoomChange
from tests.factories import RoomFactory
from tests.support.api import faults, nothing_changes
from tests.support.bulk import BULK_URL, NINE, ids, outcomes
from tests.support.idempotency import begin


class TestIdempotencyKey:
    SHIFT = {"shift": {"join_from": 3600}}

    @pytest.fixture
    def room(self, project):
        return RoomFactory(project=project, join_from=NINE)

    def test_repeated_request_has_the_same_response_and_no_second_effect(self, bulk, room):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        first = bulk(ids([room]), self.SHIFT, headers=headers)
        with nothing_changes():
            second = bulk(ids([room]), self.SHIFT, headers=headers)

        assert second.json() == first.json()
        assert first.json()["results"][0]["outcome"] == "changed"

    def test_refusal_is_not_stored_so_its_key_is_free(self, bulk, room):
        headers = {"Idempotency-Key": "k"}
        beyond = {"set": {"join_until": "2020-01-01"}}
        with nothing_changes():
            first = bulk(ids([room]), beyond, headers=headers)
            second = bulk(ids([room]), beyond, headers=headers)

        assert (first.status_code, second.status_code) == (422, 422)
        assert not IdempotentCall.objects.exists()
        assert bulk(ids([room]), self.SHIFT, headers=headers).status_code == 200

    def test_other_body_with_the_same_key_is_refused(self, bulk, room):
        bulk(ids([room]), self.SHIFT, headers={"Idempotency-Key": "k"})
        with nothing_changes():
            other = {"shift": {"join_from": 60}}
            response = bulk(ids([room]), other, headers={"Idempotency-Key": "k"})

        assert faults(response) == [("Idempotency-Key", "invalid_parameter")]

    def test_request_in_progress_is_a_conflict(self, bulk, room, started_call):
        started_call(minutes_ago=1)
        with nothing_changes():
            response = bulk(ids([room]), self.SHIFT, headers={"Idempotency-Key": "k"})

        assert response.status_code == 409
        assert int(response.headers["Retry-After"]) > 0

    def test_request_of_a_dead_server_is_continued(self, bulk, room, started_call):
        done = RoomFactory(project=room.project, join_from=NINE)
        call = started_call(minutes_ago=11, rooms=[room, done])
        # The first request changed and recorded this room, but did not answer.
        bulk(ids([done]), self.SHIFT)
        RoomChange.objects.filter(room_id=done.pk, version=2).update(bulk_id=call.pk)

        response = bulk(ids([room, done]), self.SHIFT, headers={"Idempotency-Key": "k"})

        assert set(outcomes(response).values()) == {"changed"}
        done.refresh_from_db()
        assert done.join_from == NINE + timedelta(hours=1)
        assert response.json()["bulk_id"] == str(call.pk)

    def test_key_is_deleted_after_a_day(self, bulk, room, started_call):
        started_call(minutes_ago=24 * 60 + 1)

        response = bulk(ids([room]), {"shift": {"join_from": 60}}, headers={"Idempotency-Key": "k"})

        assert response.status_code == 200

    def test_keys_of_projects_are_separate(self, bulk, room, client_for):
        bulk(ids([room]), self.SHIFT, headers={"Idempotency-Key": "k"})
        foreign = RoomFactory()

        response = client_for(project=foreign.project).post(
            BULK_URL,
            {"select": ids([foreign]), "change": {"set": {"quality": "1080p"}}},
            headers={"Idempotency-Key": "k"},
        )

        assert response.status_code == 200

    @pytest.fixture
    def started_call(self, project, room, bulk):
        """Store a request with the key k, as a server does before it answers."""

        def start(minutes_ago, rooms=(room,)):
            at = timezone.now() - timedelta(minutes=minutes_ago)
            call = begin(project, "k", BULK_URL, {"select": ids(rooms), "change": self.SHIFT})
            IdempotentCall.objects.filter(pk=call.pk).update(started_at=at)
            return call

        return start

"""Random sequences of changes, bulk changes, reverts, imports and conflicts keep the history
correct.

After every step the replayed history equals the row, versions have no gap, and a rejected step has
written nothing.
"""

import csv
import io

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from rooms.changes.validation import SETTINGS, as_json
from rooms.models import Room, RoomChange
from tests.factories import ProjectFactory, RoomFactory, TokenFactory
from tests.support.api import ROOMS_URL, client_of, room_url, stored

MOMENTS = st.sampled_from([None, *(f"2030-01-01T{hour:02}:00:00Z" for hour in range(6))])
# Few valid and invalid values, so that steps affect each other.
VALUES = {
    "max_members": st.sampled_from([1, 2, 300, 301, None]),
    "quality": st.sampled_from(["720p", "1080p", "4k"]),
    "join_from": MOMENTS,
    "join_until": MOMENTS,
    "remove_at": MOMENTS,
    "description": st.sampled_from([None, "", "=1+1", "two\nlines", "\x00"]),
    "meta": st.sampled_from([{}, {"a": 1}, {"a": True}, []]),
}
BODIES = st.fixed_dictionaries({}, optional=VALUES)
MODES = st.sampled_from(["all", "valid"])


def setting_values(room):
    return {name: as_json(name, (getattr(room, name),))[0] for name in SETTINGS}


class Sequence(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        project = ProjectFactory()
        self.api = client_of(TokenFactory(project=project))
        self.rooms = [RoomFactory(project=project) for _ in range(3)]
        self.bulk_ids = []

    def send(self, method, url, body=None, **extra):
        """Send a request; a rejected one must have written nothing."""
        before = stored()
        response = getattr(self.api, method)(url, body, **extra)
        assert response.status_code < 500
        if response.status_code >= 400 or "dry_run=true" in url:
            assert stored() == before
        return response

    @rule(number=st.integers(0, 2), body=BODIES, seen=st.integers(0, 3), merge=st.booleans())
    def change(self, number, body, seen, merge):
        room = Room.objects.get(pk=self.rooms[number].pk)
        headers = {"If-Match": f'"{room.version - seen}"'} if seen else {}
        self.send(
            "put",
            room_url(room),
            body,
            headers={**headers, **({"Prefer": "merge"} if merge else {})},
        )

    @rule(number=st.integers(0, 2), body=BODIES)
    def try_out(self, number, body):
        url = room_url(self.rooms[number])
        dry = self.send("put", url + "?dry_run=true", body)
        wet = self.send("put", url, body)
        assert dry.status_code == wet.status_code
        if wet.status_code == 200:
            tried = {name: value for name, value in dry.json().items() if name != "dry_run"}
            assert tried | {"updated_at": ""} == wet.json() | {"updated_at": ""}

    @rule(
        numbers=st.sets(st.integers(0, 2), min_size=1),
        values=BODIES,
        shift=st.sampled_from([None, -3600, 7200]),
        mode=MODES,
    )
    def bulk(self, numbers, values, shift, mode):
        change = {"set": {name: value for name, value in values.items() if name != "join_from"}}
        if shift:
            change["shift"] = {"join_from": shift}
        response = self.send(
            "post",
            f"{ROOMS_URL}/bulk",
            {
                "select": {"ids": [str(self.rooms[number].pk) for number in sorted(numbers)]},
                "change": change,
                "mode": mode,
            },
        )
        if response.status_code == 200:
            self.bulk_ids.append(response.json()["bulk_id"])

    @rule(back=st.integers(0, 3), override=st.booleans(), mode=MODES)
    def revert_bulk(self, back, override, mode):
        if back < len(self.bulk_ids):
            url = f"{ROOMS_URL}/bulk/{self.bulk_ids[-1 - back]}/revert"
            self.send("post", url, {"override": override, "mode": mode})

    @rule(number=st.integers(0, 2), back=st.integers(0, 3), override=st.booleans())
    def revert(self, number, back, override):
        room = self.rooms[number]
        entries = RoomChange.objects.filter(room_id=room.pk).order_by("-version")
        if back < len(entries):
            url = f"{room_url(room)}/history/{entries[back].pk}/revert"
            self.send("post", url, {"override": override})

    @rule(number=st.integers(0, 2))
    def revert_the_last_change(self, number):
        room = Room.objects.get(pk=self.rooms[number].pk)
        last = RoomChange.objects.filter(room_id=room.pk).latest("version")
        if last.action == "changed":
            before = setting_values(room) | {name: pair[0] for name, pair in last.changes.items()}
            response = self.send("post", f"{room_url(room)}/history/{last.pk}/revert")
            assert response.status_code == 200
            assert setting_values(Room.objects.get(pk=room.pk)) == before

    @rule(body=BODIES, mode=MODES, with_version=st.booleans())
    def send_a_file_back(self, body, mode, with_version):
        exported = b"".join(self.api.get(ROOMS_URL, headers={"Accept": "text/csv"})).decode()
        rows = list(csv.DictReader(io.StringIO(exported)))
        for name in {"max_members", "quality"} & body.keys():
            rows[0][name] = "" if body[name] is None else str(body[name])
        out = io.StringIO()
        columns = [name for name in rows[0] if with_version or name != "version"]
        writer = csv.DictWriter(out, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        before = stored()
        response = self.api.generic(
            "POST",
            f"{ROOMS_URL}/bulk?mode={mode}",
            out.getvalue().encode(),
            content_type="text/csv",
        )
        assert response.status_code in (200, 422)
        if response.status_code == 422:
            assert stored() == before

    @invariant()
    def history_is_honest(self):
        for room in Room.objects.filter(pk__in=[room.pk for room in getattr(self, "rooms", [])]):
            entries = list(RoomChange.objects.filter(room_id=room.pk).order_by("version"))
            assert [entry.version for entry in entries] == list(range(1, room.version + 1))
            replayed = {}
            for entry in entries:
                for name, (before, after) in entry.changes.items():
                    assert replayed.get(name) == before
                    replayed[name] = after
            assert replayed == {"name": room.name, **setting_values(room)}


@pytest.mark.long
def test_history_is_correct_after_every_sequence_of_changes(db):
    run_state_machine_as_test(
        Sequence,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

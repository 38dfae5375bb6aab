"""POST /rooms/bulk: a shift moves the times of each room."""

from datetime import UTC, datetime, timedelta

from tests.factories import RoomFactory
from tests.support.api import nothing_changes
from tests.support.bulk import NINE, ids, outcomes


def test_shift_moves_the_times_that_a_room_has(bulk, project):
    scheduled = RoomFactory(project=project, join_from=NINE, join_until=NINE + timedelta(hours=8))
    unscheduled = RoomFactory(project=project)

    response = bulk(ids([scheduled, unscheduled]), {"shift": {"join_from": -3600}})

    assert outcomes(response) == {str(scheduled.pk): "changed", str(unscheduled.pk): "unchanged"}
    scheduled.refresh_from_db()
    assert scheduled.join_from == NINE - timedelta(hours=1)
    assert scheduled.join_until == NINE + timedelta(hours=8)


def test_window_is_validated_with_its_new_times(bulk, project):
    short = RoomFactory(project=project, join_from=NINE, join_until=NINE + timedelta(minutes=30))
    long = RoomFactory(project=project, join_from=NINE, join_until=NINE + timedelta(hours=8))

    response = bulk(ids([short, long]), {"shift": {"join_from": 3600}}, mode="valid")

    assert outcomes(response) == {str(short.pk): "refused", str(long.pk): "changed"}
    [refused] = [one for one in response.json()["results"] if one["outcome"] == "refused"]
    assert [(error["attribute"], error["code"]) for error in refused["errors"]] == [
        ("join_until", "invalid_join_until_date")
    ]


def test_shift_beyond_the_calendar_is_refused(bulk, project):
    room = RoomFactory(project=project, join_from=datetime(2999, 12, 31, tzinfo=UTC))

    with nothing_changes():
        response = bulk(ids([room]), {"shift": {"join_from": 86400}})

    [result] = response.json()["results"]
    assert result["errors"][0]["code"] == "not_a_datetime"

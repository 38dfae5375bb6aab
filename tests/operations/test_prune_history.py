"""manage.py prune_history: the only way to delete history, and only on request."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from rooms.management.commands import prune_history
from rooms.models import RoomChange
from tests.support.api import nothing_changes, room_url


@pytest.fixture
def aged(api, room):
    """A room whose creation is 100 days old, with two recent changes."""
    RoomChange.objects.update(at=timezone.now() - timedelta(days=100))
    api.put(room_url(room), {"max_members": 30})
    api.put(room_url(room), {"max_members": 31})
    return room


def prune(*args):
    call_command("prune_history", *args, verbosity=0)


def test_only_older_entries_are_deleted(aged, capsys):
    prune("--older-than", "99")

    assert list(RoomChange.objects.order_by("pk").values_list("version", flat=True)) == [2, 3]
    assert "1 entries" in capsys.readouterr().out


def test_dry_run_only_counts(aged, capsys):
    prune("--older-than", "99", "--dry-run")

    assert RoomChange.objects.count() == 3
    assert "1 entries" in capsys.readouterr().out


def test_newer_history_is_kept(aged):
    prune("--older-than", "101")

    assert RoomChange.objects.count() == 3


def test_many_entries_are_deleted_in_portions(aged, monkeypatch):
    monkeypatch.setattr(prune_history, "BATCH_SIZE", 1)
    RoomChange.objects.update(at=timezone.now() - timedelta(days=100))

    prune("--older-than", "99")

    assert not RoomChange.objects.exists()


def test_entries_whose_times_are_out_of_order_are_deleted(aged, monkeypatch):
    monkeypatch.setattr(prune_history, "BATCH_SIZE", 1)
    older, other, newer = RoomChange.objects.order_by("pk")
    for entry, days in ((older, 98.5), (other, 100), (newer, 50)):
        at = timezone.now() - timedelta(days=days)
        RoomChange.objects.filter(pk=entry.pk).update(at=at)

    prune("--older-than", "99")

    assert set(RoomChange.objects.all()) == {older, newer}


def test_newer_entries_are_not_read(aged, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(prune_history, "BATCH_SIZE", 1)

    # The batch with the old entry, and the next one, which has none.
    with django_assert_num_queries(2 + 3):
        prune("--older-than", "99")

    assert RoomChange.objects.count() == 2


@pytest.mark.parametrize("days", ["0", "-1", "36526", "99999999999"])
def test_age_must_be_one_day_to_a_hundred_years(aged, days):
    with nothing_changes(), pytest.raises(CommandError, match=f"1 to 36525 days, not {days}"):
        prune("--older-than", days)


def test_age_is_required(aged):
    with pytest.raises(CommandError, match="required"):
        prune()

"""Rows of the history: immutable, one for each version, without foreign keys."""

import pytest
from django.db import IntegrityError, transaction

from rooms.models import RoomChange
from tests.factories import RoomFactory


def test_history_cannot_be_changed(room):
    entry = RoomChange.objects.get()
    entry.author_name = "somebody else"

    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    assert RoomChange.objects.get().author_name == "tests"


def test_version_is_recorded_once(room):
    entry = RoomChange.objects.get()
    entry.pk, entry._state.adding = None, True

    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()


def test_history_has_no_foreign_keys():
    assert not [field for field in RoomChange._meta.fields if field.is_relation]


def test_room_has_no_history_in_another_project(room):
    other = RoomFactory()

    assert RoomChange.objects.filter(project_id=other.project_id).count() == 1

"""Deletions, restorations, mixers and workers at the same time never contradict each other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from django.utils import timezone

from sessions.media.deletion import delete_recording, restore_recording
from sessions.media.recordings import composition_ready, finish_recordings
from sessions.models import Composition, Recording
from tests.factories import TESTS, RecordingFactory, RoomFactory

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20 if connection.vendor == "postgresql" else 3
# The states of a recording with its former state, and of its film, that fit together.
CONSISTENT = {
    ("ready", None, "ready"),
    ("composing", None, "queued"),
    ("deleted", "ready", "ready"),
    ("deleted", "composing", "stopped"),
}


@pytest.fixture
def at_once():
    """Run functions at the same time, each with its own database connection."""
    with ThreadPoolExecutor(5) as threads:

        def run(*works):
            together = threading.Barrier(len(works))

            def begin(work):
                together.wait()
                with suppress(Recording.DoesNotExist):
                    return work()

            return [*threads.map(begin, works)]

        yield run
        run(*[lambda: connection.close()] * 5)  # noqa: PLW0108


@pytest.fixture
def composing(settings):
    """Make a recording that a mixer composes, and the row that this mixer holds."""
    settings.MIXER = True
    room = RoomFactory()

    def make():
        one = RecordingFactory(session__room=room, session__ended=True)
        finish_recordings(one.session, timezone.now())
        films = Composition.objects.filter(recording=one)
        films.update(state="composing", attempts=1)
        return one, films.filter(attempts=1, state="composing")

    return make


def test_film_deletions_and_restorations_at_once_leave_states_that_fit(composing, at_once):
    for _ in range(ROUNDS):
        one, held = composing()

        deleted = at_once(
            lambda one=one: delete_recording(one, by=TESTS),
            lambda one=one: delete_recording(one, by=TESTS),
            lambda one=one: restore_recording(one, by=TESTS) and None,
            lambda held=held: composition_ready(
                held, faults=[], size_in_bytes=1, seconds=1, cpu_seconds=1
            ),
        )

        one.refresh_from_db()
        assert (one.state, one.former_state, one.compositions.get().state) in CONSISTENT
        names = [*one.session.events.order_by("pk").values_list("type", flat=True)]
        gone, back = names.count("recording.deleted"), names.count("recording.restored")
        assert gone == sum(result is not None for result in deleted)
        assert gone - back == (one.state == "deleted")
        assert names.count("recording.ready") == (one.compositions.get().state == "ready")

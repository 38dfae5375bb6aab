"""Compose a recording again: which film a wish describes, and what becomes of the recording."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from sessions.media.compositions import (
    MOST_UNFINISHED,
    NotComposable,
    Wish,
    compose_again,
    delete_film,
    read_wish,
)
from sessions.media.deletion import delete_recording
from sessions.media.estimates import estimate
from sessions.media.people import people_of
from sessions.media.recordings import composition_failed, composition_ready, finish_recordings
from sessions.models import Composition, CompositionState, JoinAs, Recording, RecordingState
from tests.factories import TESTS, MemberFactory, RecordingFactory
from tests.support.api import nothing_changes

MINUTE = timedelta(minutes=1)


@pytest.fixture
def recording(db, room, settings):
    """A recording of two minutes that has ended, with two people and one in the audience."""
    settings.MIXER = True
    start = timezone.now() - 5 * MINUTE
    one = RecordingFactory(session__room=room, session__start_time=start, started_at=start)
    for name, jti, join_as in (
        ("Ada", "a", JoinAs.MEMBER),
        ("Bob", "b", JoinAs.MEMBER),
        ("Eve", "e", JoinAs.AUDIENCE),
    ):
        MemberFactory(session=one.session, name=name, jti=jti, join_as=join_as, join_time=start)
    finish_recordings(one.session, start + 2 * MINUTE)
    one.refresh_from_db()
    return one


def id_of(recording, name):
    return str(recording.session.members.filter(name=name).order_by("pk")[0].pk)


def film_of(recording, **values):
    return compose_again(recording, read_wish(recording, values))


def finish(film, **measured):
    values = {"size_in_bytes": 1000, "seconds": 10.0, "cpu_seconds": 4.0} | measured
    composition_ready(Composition.objects.filter(pk=film.pk), faults=[], **values)


def state(recording):
    return Recording.objects.get(pk=recording.pk).state


def test_film_without_wishes_has_the_values_of_the_session(recording):
    film = film_of(recording)

    session = recording.session
    assert (film.layout, film.quality, film.fps) == (session.layout, session.quality, session.fps)
    assert (film.state, film.without) == (CompositionState.QUEUED, [])


def test_people_are_those_inside_during_the_recording_without_the_audience(recording):
    start, end = recording.started_at, recording.finished_at
    stays = {"before": (-2, -1), "early": (-1, 1), "late": (1, 9), "after": (3, None)}
    for name, (came, went) in stays.items():
        left = {"leave_time": start + went * MINUTE, "leave_reason": "left"} if went else {}
        MemberFactory(session=recording.session, name=name, join_time=start + came * MINUTE, **left)

    found = [(one.member.name, one.joined_at, one.left_at) for one in people_of(recording)]

    assert found == [
        ("early", start, start + MINUTE),
        ("Ada", start, end),
        ("Bob", start, end),
        ("late", start + MINUTE, end),
    ]


def test_without_leaves_out_all_stays_with_the_room_token_of_a_member(recording):
    again = MemberFactory(
        session=recording.session, name="Ada", jti="a", join_time=recording.started_at + MINUTE
    )

    film = film_of(recording, without=[id_of(recording, "Ada").upper()])

    assert film.without == [id_of(recording, "Ada"), str(again.pk)]


@pytest.mark.parametrize(
    ("values", "attribute", "code"),
    [
        ({"layout": "12x12"}, "layout", "invalid_parameter"),
        ({"layout": None}, "layout", "invalid_parameter"),
        ({"quality": 720}, "quality", "invalid_parameter"),
        ({"fps": "20"}, "fps", "not_an_integer"),
        ({"fps": 25}, "fps", "invalid_parameter"),
        ({"fps": True}, "fps", "not_an_integer"),
        ({"without": None}, "without", "invalid_parameter"),
        ({"without": "{Ada}"}, "without", "invalid_parameter"),
        ({"without": [1]}, "without", "invalid_parameter"),
        ({"without": ["{Eve}"]}, "without", "invalid_parameter"),
        ({"without": ["x"]}, "without", "invalid_parameter"),
        ({"without": ["{Ada}", "{Bob}"]}, "without", "invalid_parameter"),
        ({"wihtout": ["{Ada}"]}, "wihtout", "unknown_parameter"),
    ],
)
def test_invalid_wish_is_refused(recording, values, attribute, code):
    def filled(value):
        ids = {name: id_of(recording, name) for name in ("Ada", "Bob", "Eve")}
        if isinstance(value, list):
            return [filled(one) for one in value]
        return value.format(**ids) if isinstance(value, str) else value

    with nothing_changes(), pytest.raises(ValidationError) as found:
        read_wish(recording, {name: filled(value) for name, value in values.items()})

    [error] = found.value.error_dict[attribute]
    assert error.code == code
    assert list(found.value.error_dict) == [attribute]


def test_recording_that_cannot_be_composed_is_refused_with_a_sentence(recording, settings):
    wish = read_wish(recording, {})

    def refusal():
        with nothing_changes(), pytest.raises(NotComposable) as found:
            compose_again(recording, wish)
        return str(found.value)

    settings.MIXER = False
    assert refusal() == "No mixer composes recordings here: MIXER is false."
    settings.MIXER = True
    for _ in range(MOST_UNFINISHED - 1):
        compose_again(recording, wish)
    assert refusal() == "3 films of this recording are not finished. Wait for one of them."
    Recording.objects.update(state=RecordingState.RECORDING, finished_at=None)
    assert refusal() == "This recording has not ended. Compose it after its end."
    Recording.objects.update(state=RecordingState.RAW, finished_at=recording.finished_at)
    delete_recording(recording, by=TESTS)
    assert refusal() == "This recording was deleted."


def test_recording_without_people_is_refused(recording):
    recording.session.members.all().delete()

    with nothing_changes(), pytest.raises(NotComposable, match="Nobody was in this recording"):
        film_of(recording)


def test_recording_is_ready_while_one_film_of_it_is(recording):
    first = Composition.objects.get()
    finish(first)
    assert state(recording) == RecordingState.READY

    second = film_of(recording, without=[id_of(recording, "Ada")])
    assert state(recording) == RecordingState.READY
    composition_failed(Composition.objects.filter(pk=second.pk), "No.")
    assert state(recording) == RecordingState.READY

    delete_film(first)
    assert state(recording) == RecordingState.FAILED
    film_of(recording)
    assert state(recording) == RecordingState.COMPOSING


def test_mixer_loses_a_film_that_is_deleted(recording):
    film = Composition.objects.get()
    held = Composition.objects.filter(pk=film.pk, state=film.state)

    delete_film(film)
    composition_ready(held, faults=[], size_in_bytes=1, seconds=1, cpu_seconds=1)

    film.refresh_from_db()
    assert film.state == CompositionState.DELETED
    assert state(recording) == RecordingState.RAW
    assert not Composition.objects.due(timezone.now()).exists()


def test_event_of_a_film_names_it(recording):
    film = film_of(recording)

    finish(film)

    assert recording.session.events.first().payload["composition_id"] == str(film.pk)


def test_estimate_has_usual_rates_until_films_were_measured(recording):
    wish = Wish("1x1", "720p", 30)
    without = Wish("1x1", "720p", 30, (id_of(recording, "Ada"),))
    rough, alone = estimate(recording, wish), estimate(recording, without)
    assert (rough.duration, rough.size_in_bytes, rough.cpu_seconds) == (120, 40_200_000, 42)
    assert alone.cpu_seconds == 35

    film = film_of(recording, quality="720p", fps=30)
    finish(film)

    measured = estimate(recording, wish)
    assert (measured.size_in_bytes, measured.cpu_seconds) == (12_000, 48)
    assert estimate(recording, Wish("1x1", "1080p", 30)).cpu_seconds == 79

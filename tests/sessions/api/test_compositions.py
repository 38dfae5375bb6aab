"""GET, POST and DELETE /room_recordings/{id}/compositions."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from sessions.media.film_links import film_of
from sessions.media.recordings import composition_ready
from sessions.models import RECORDING_IDS, Composition, Recording
from tests.factories import CompositionFactory, MemberFactory, RecordingFactory
from tests.support.api import COMPOSITION_KEYS, RECORDINGS_URL, faults, nothing_changes


@pytest.fixture
def recording(room, settings):
    """A recording of a minute with Ada and Bob, which has ended."""
    settings.MIXER = True
    start = timezone.now() - timedelta(minutes=2)
    end = start + timedelta(minutes=1)
    one = RecordingFactory(
        session__room=room, session__start_time=start, finished_at=end, state="raw"
    )
    for name in ("Ada", "Bob"):
        MemberFactory(session=one.session, name=name, jti=name, join_time=start)
    return one


def url_of(recording):
    return f"{RECORDINGS_URL}/{RECORDING_IDS.id_of(recording.pk)}/compositions"


def id_of(recording, name):
    return str(recording.session.members.get(name=name).pk)


def finish(film_id):
    held = Composition.objects.filter(pk=film_id)
    composition_ready(held, faults=[], size_in_bytes=9, seconds=60.4, cpu_seconds=24)


def test_new_film_waits_for_a_mixer(api, recording):
    ada = id_of(recording, "Ada")

    response = api.post(url_of(recording), {"layout": "2x1", "fps": 30, "without": [ada]})

    film = response.json()
    assert response.status_code == 201
    assert list(film) == COMPOSITION_KEYS
    assert (film["state"], film["done"], film["uri"]) == ("queued", 0.0, None)
    assert (film["layout"], film["quality"], film["fps"]) == ("2x1", "720p", 30)
    assert film["without"] == [ada]
    assert response.headers["Location"] == f"{url_of(recording)}/{film['id']}"
    assert api.get(response.headers["Location"]).json() == film
    assert api.get(url_of(recording)).json()["data"] == [film]


def test_empty_body_composes_with_the_settings_of_the_session(api, recording):
    for body in ({"data": b""}, {"data": b"{}"}):
        response = api.generic("POST", url_of(recording), content_type="application/json", **body)
        assert response.status_code == 201
        assert response.json()["layout"] == recording.session.layout


def test_all_faults_of_a_body_are_named_and_nothing_changes(api, recording):
    body = {"layout": "x", "fps": "30", "quality": None, "without": ["x"], "color": 1}

    with nothing_changes():
        response = api.post(url_of(recording), body)

    assert response.status_code == 422
    assert sorted(faults(response)) == [
        ("color", "unknown_parameter"),
        ("fps", "not_an_integer"),
        ("layout", "invalid_parameter"),
        ("quality", "invalid_parameter"),
        ("without", "invalid_parameter"),
    ]


def test_form_is_refused(api, recording):
    with nothing_changes():
        assert api.post_form(url_of(recording), {"layout": "2x1"}).status_code == 415


def test_conflict_has_a_sentence(api, recording, settings):
    settings.MIXER = False

    with nothing_changes():
        response = api.post(url_of(recording), {})

    assert response.status_code == 409
    assert response.json()["detail"] == "No mixer composes recordings here: MIXER is false."


def test_dry_run_estimates_and_changes_nothing(api, recording):
    with nothing_changes():
        response = api.post(f"{url_of(recording)}?dry_run=true", {"quality": "1080p", "fps": 30})

    assert response.status_code == 201
    assert "Location" not in response.headers
    assert response.json()["dry_run"] == {
        "duration": 60,
        "size_in_bytes": 47_400_000,
        "cpu_seconds": 40,
    }


def test_repeated_key_composes_once(api, recording):
    first = api.post(url_of(recording), {}, HTTP_IDEMPOTENCY_KEY="k")
    second = api.post(url_of(recording), {}, HTTP_IDEMPOTENCY_KEY="k")

    assert first.json() == second.json()
    assert Composition.objects.count() == 1


def test_uri_of_a_recording_is_that_of_its_newest_film(api, recording):
    """A person does not consent: compose without them, then delete the first film."""
    shown = url_of(recording).removesuffix("/compositions")
    first = api.post(url_of(recording), {}).json()["id"]
    finish(first)
    old = api.get(shown).json()["uri"]
    second = api.post(url_of(recording), {"without": [id_of(recording, "Ada")]}).json()["id"]
    assert api.get(shown).json()["state"] == "ready"
    finish(second)

    film = api.get(f"{url_of(recording)}/{second}").json()
    assert (film["duration"], film["size_in_bytes"], film["done"]) == (60, 9, 1.0)
    # Links of the same film differ in their time and signature.
    newest = api.get(shown).json()["uri"]
    assert film_of(newest.rpartition("/")[2]) == UUID(second) != film_of(old.rpartition("/")[2])

    assert api.delete(f"{url_of(recording)}/{first}?dry_run=true").status_code == 204
    assert Composition.objects.get(pk=first).state == "ready"
    for _ in range(2):
        assert api.delete(f"{url_of(recording)}/{first}").status_code == 204
    gone = api.get(f"{url_of(recording)}/{first}").json()
    assert (gone["state"], gone["uri"]) == ("deleted", None)
    assert api.get(old).status_code == 404
    assert api.get(shown).json()["uri"] == film["uri"]


def test_films_of_a_deleted_recording_have_no_uri_and_stay(api, recording):
    film = CompositionFactory(recording=recording, state="ready")
    Recording.objects.update(state="deleted", former_state="ready", deleted_at=timezone.now())

    with nothing_changes():
        assert api.delete(f"{url_of(recording)}/{film.pk}").status_code == 409
        assert api.post(url_of(recording), {}).status_code == 409

    assert api.get(url_of(recording)).json()["data"][0]["uri"] is None


@pytest.mark.parametrize("path", ["x", "%00", "0", "{other}"])
def test_film_is_found_only_by_its_id_in_its_recording(api, recording, path):
    other = CompositionFactory(recording__session__room__project=recording.session.project)

    url = f"{url_of(recording)}/{path.format(other=other.pk)}"

    assert (api.get(url).status_code, api.delete(url).status_code) == (404, 404)

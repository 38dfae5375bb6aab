"""The files of composed recordings: signed links that expire, and ranges."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.media import film_links
from sessions.media.recordings import composition_ready, film_path, finish_recordings
from sessions.models import Composition
from tests.factories import RecordingFactory
from tests.support.api import RECORDINGS_URL

CONTENT = bytes(range(256)) * 4
TTL = 60


@pytest.fixture
def recording(room, settings, tmp_path):
    settings.MIXER, settings.RECORDINGS_FOLDER = True, str(tmp_path)
    one = RecordingFactory(session__room=room)
    finish_recordings(one.session, timezone.now())
    return one


@pytest.fixture
def film(recording):
    """A composed recording."""
    composition = Composition.objects.get()
    film_path(composition).write_bytes(CONTENT)
    row = Composition.objects.filter(pk=composition.pk)
    composition_ready(row, faults=[], size_in_bytes=1024, seconds=61.4, cpu_seconds=20.0)
    return composition


@pytest.fixture
def uri(api, film):
    [recording] = api.get(RECORDINGS_URL, {"media_ttl": TTL}).json()["data"]
    return recording["uri"]


def test_recording_has_the_data_of_its_film(api, film, uri):
    [found] = api.get(RECORDINGS_URL).json()["data"]

    assert uri.startswith("http://testserver/recordings/")
    assert found["state"] == "ready"
    assert (found["size_in_bytes"], found["format"], found["duration"]) == (1024, "mp4", 61)
    assert film.recording.session.events.first().type == "recording.ready"


def test_recording_without_a_film_has_no_link(api, recording):
    [found] = api.get(RECORDINGS_URL).json()["data"]

    assert (found["status"], found["state"], found["uri"]) == ("completed", "composing", None)


def test_recording_stays_raw_without_a_mixer(api, room):
    one = RecordingFactory(session__room=room)
    finish_recordings(one.session, timezone.now())

    assert api.get(RECORDINGS_URL).json()["data"][0]["state"] == "raw"
    assert not Composition.objects.exists()


def test_anyone_with_the_link_gets_the_film(client, uri):
    response = client.get(uri)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert "no-store" in response.headers["Cache-Control"]
    assert b"".join(response.streaming_content) == CONTENT


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-9999", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-9999", 0, 1023),
    ],
)
def test_range_is_sent(client, uri, asked, first, last):
    response = client.get(uri, headers={"Range": asked})

    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    body = b"".join(response.streaming_content)
    assert body == CONTENT[first : last + 1]
    assert int(response.headers["Content-Length"]) == len(body)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_range_behind_the_end_is_refused(client, uri, asked):
    response = client.get(uri, headers={"Range": asked})

    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=-", "bytes=9-3", "bytes=0-1,5-6", "items=0-1", "x", "bytes=a-b"]
)
def test_other_ranges_get_the_whole_film(client, uri, asked):
    response = client.get(uri, headers={"Range": asked})

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == CONTENT


def test_link_expires(client, uri, monkeypatch):
    later = timezone.now() + timedelta(seconds=TTL)
    monkeypatch.setattr(film_links.timezone, "now", lambda: later)

    assert client.get(uri).status_code == 404


def test_changed_link_opens_nothing(client, uri, film):
    film_path(film).with_name("other").write_bytes(b"secret")

    assert client.get(uri[:-1] + "A" * (uri[-1] != "A") + "B").status_code == 404
    assert client.get("/recordings/..%2Fother").status_code == 404


def test_link_to_a_missing_file_or_row_opens_nothing(client, uri, film):
    path = film_path(film)
    content = path.read_bytes()
    path.unlink()
    assert client.get(uri).status_code == 404

    path.write_bytes(content)
    film.delete()
    assert client.get(uri).status_code == 404

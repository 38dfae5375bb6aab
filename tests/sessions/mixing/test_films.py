"""Raw files become one film, in step and in the layout."""

import av
import numpy
import pytest

from sessions.mixing.films import Film, Person, compose
from sessions.mixing.places import boxes
from tests.support.films import beeps, brightness, flashes
from tests.support.raw_recordings import after_a_pause, pictures, raw_file, sounds

BEGAN, LENGTH = 1_800_000_000.0, 8
SIZE = (320, 180)


@pytest.fixture
def composed(tmp_path):
    """Compose two people with camera and voice, and one without, and return the film."""
    pause = after_a_pause(sounds(4), 2, 2.5)
    tracks = {
        "anna-v": raw_file("vp8", pictures(8), BEGAN),
        "ben-a": raw_file("opus", pause, BEGAN),
        "torn": raw_file("vp8", pictures(4), BEGAN)[:2000],
        "strange": b"RIFF",
    }
    for name, data in tracks.items():
        (tmp_path / name).write_bytes(data)

    def compose_them(**options):
        people = [
            Person("Anna Müller", BEGAN, BEGAN + LENGTH, ["anna-v", "torn"]),
            Person("李小龙 محمد", BEGAN + 2, BEGAN + 6, ["ben-a", "strange", "missing"]),
        ]
        places = [boxes("grid-responsive", count, SIZE) for count in range(3)]
        given = {"format": "mp4", "fps": 30, "in_sync": True, **options}
        film = Film(
            folder=tmp_path,
            output=tmp_path / f"film.{given['format']}",
            unfinished=tmp_path / "film.part",
            places=places,
            width=SIZE[0],
            height=SIZE[1],
            began=BEGAN,
            ended=BEGAN + LENGTH,
            people=people,
            **given,
        )
        return film.output, compose(film)

    return compose_them


@pytest.mark.parametrize(("in_sync", "last"), [(True, 5.5), (False, 3.0)])
def test_pause_of_a_microphone_moves_the_voice_only_without_sync(composed, in_sync, last):
    path, _ = composed(in_sync=in_sync)

    # The beep of second 2 is the first one after the pause.
    assert beeps(path)[-1] == pytest.approx(last, abs=0.08)
    assert flashes(path, 80, 90)[-1] == pytest.approx(7, abs=0.08)


def test_layout_follows_who_is_inside(composed):
    path, _ = composed()

    # Alone the picture fills the frame; beside a second person, it is half as wide.
    middle = numpy.array(brightness(path, 150, 20))
    assert middle[45] > 20
    assert middle[3 * 30 : 5 * 30].max() < 10
    assert middle[7 * 30 + 15] > 20


def test_faulty_files_are_left_out_with_a_sentence(composed):
    _, faults = composed()

    assert [fault.split(":")[0] for fault in faults] == ["strange", "missing"]


@pytest.mark.parametrize(
    ("options", "codecs", "fps"),
    [
        ({}, {"h264", "aac"}, 30),
        ({"fps": 20}, {"h264", "aac"}, 20),
        ({"format": "webm"}, {"vp9", "opus"}, 30),
    ],
)
def test_film_has_the_format_and_the_rate(composed, options, codecs, fps):
    path, _ = composed(**options)

    with av.open(str(path)) as film:
        assert {stream.codec_context.name for stream in film.streams} - {"libopus"} <= codecs
        assert film.streams.video[0].average_rate == fps
        assert sum(1 for _ in film.decode(video=0)) == LENGTH * fps


def test_failed_composition_leaves_no_film(composed, tmp_path, monkeypatch):
    monkeypatch.setattr("sessions.mixing.films.mixed", None)

    with pytest.raises(TypeError):
        composed()

    assert not (tmp_path / "film.mp4").exists()

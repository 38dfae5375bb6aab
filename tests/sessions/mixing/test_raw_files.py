"""Raw files of Janus are read as far as they are whole, whatever is in them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.mixing.raw_files import RawFileFault, read_track
from sessions.mixing.vp8_frames import frames_of
from tests.support.raw_recordings import pictures, raw_file, sounds

BEGAN = 1_800_000_000.0
VIDEO = raw_file("vp8", pictures(1), BEGAN)
AUDIO = raw_file("opus", sounds(1), BEGAN)


@pytest.fixture
def read(tmp_path):
    def read_one(data):
        path = tmp_path / "track.mjr"
        path.write_bytes(data)
        return read_track(path)

    return read_one


def test_packets_have_arrivals_clocks_and_payloads_across_overflows(read):
    track = read(AUDIO)

    assert len(track.arrivals) == 50
    assert track.arrivals[0] == BEGAN
    assert track.clocks[-1] - track.clocks[0] == pytest.approx(0.98)
    assert (track.sequences[1:] - track.sequences[:-1] == 1).all()
    assert track.payload(7) == sounds(1)[7].data


def test_frames_are_the_encoded_pictures(read):
    found = list(frames_of(read(VIDEO)))

    assert [frame.data for frame in found] == [packet.data for packet in pictures(1)]
    assert found[0].is_key
    assert not found[1].is_key


def test_packets_out_of_order_and_doubled_give_the_same_frames(read):
    head, *packets = VIDEO.split(b"MEET")
    mixed = [*packets, packets[3]]
    random.Random(1).shuffle(mixed)  # noqa: S311 - a repeatable order

    found = list(frames_of(read(b"MEET".join([head, *mixed]))))

    assert [frame.data for frame in found] == [packet.data for packet in pictures(1)]


def test_frame_with_a_missing_packet_is_left_out(read):
    head, *packets = VIDEO.split(b"MEET")

    found = list(frames_of(read(b"MEET".join([head, *packets[1:]]))))

    assert 0 < len(found) < 30
    assert {frame.data for frame in found} <= {packet.data for packet in pictures(1)}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"RIFF0000", "does not begin"),
        (b"MJR00002\xff\xff{", "header"),
        (b"MJR00002\x00\x02[]", "header"),
        (raw_file("vp8", (), 1, c="h264"), "h264"),
        (raw_file("opus", (), 1, e=True), "encrypted"),
        (raw_file("opus", (), 1), "no packet"),
        (raw_file("opus", (), 1, u="later"), "header"),
        (raw_file("opus", (), 1, u=1e400), "header"),
    ],
)
def test_file_without_usable_packets_is_refused_in_words(read, data, words):
    with pytest.raises(RawFileFault, match=words):
        read(data)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_torn_and_damaged_files_are_read_or_refused(tmp_path_factory, data):
    whole = bytearray(data.draw(st.sampled_from([VIDEO, AUDIO])))
    for _ in range(data.draw(st.integers(0, 5))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + 4] = data.draw(st.binary(min_size=0, max_size=9))
    torn = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    path = tmp_path_factory.getbasetemp() / "damaged.mjr"
    path.write_bytes(torn)

    try:
        track = read_track(path)
    except RawFileFault:
        return

    assert len(list(track.in_order())) <= len(track.arrivals)
    assert all(frame.data for frame in frames_of(track))

"""The sound of a room: the voices of its people, added up."""

from collections.abc import Iterator
from typing import Any

import av
import numpy

from sessions.mixing.columns import kept
from sessions.mixing.raw_files import RawTrack

RATE, CHANNELS = 48_000, 2
# Samples by which a packet may be off before silence is added or sound is left out: 20 ms.
SLACK = 960


class Voice:
    """The decoded sound of a track; `times` are seconds since the start of the recording."""

    def __init__(self, track: RawTrack, times: Any) -> None:
        self._track = track
        self._positions = kept(numpy.round(times * RATE).astype("q"))
        self._decoder = av.CodecContext.create("opus", "r")
        self._decoder.sample_rate, self._decoder.layout = RATE, "stereo"
        self._parts = self._decoded()
        self._next = next(self._parts, None)

    def add_to(self, mix: Any, begin: int) -> None:
        """Add the samples from `begin` on that lie inside `mix`; calls go forwards only."""
        end = begin + len(mix)
        while self._next is not None and self._next[0] < end:
            position, samples = self._next
            _add(mix, begin, position, samples)
            if position + len(samples) > end:
                return
            self._next = next(self._parts, None)

    def _decoded(self) -> Iterator[tuple[int, Any]]:
        """Yield the position of each part, and its samples; parts do not overlap."""
        end = None
        for packet in self._track.in_order():
            position = int(self._positions[packet])
            for samples in self._decode(self._track.payload(packet)):
                begin = position if end is None else _begin(position, end)
                late = max(0, begin - position) if begin - position > SLACK else 0
                yield begin, samples[late:]
                end = position = begin + len(samples[late:])

    def _decode(self, payload: bytes) -> list[Any]:
        """Return the sound of a packet; a damaged packet has none."""
        try:
            frames = self._decoder.decode(av.Packet(payload))
        except av.FFmpegError:
            return []
        return [_interleaved(frame) for frame in frames]


def _begin(position: int, end: int) -> int:
    """Return where a part begins that belongs at `position`, when the last one ends at `end`."""
    return end if position < end or position - end <= SLACK else position


def _interleaved(frame: av.AudioFrame) -> Any:
    """Return the samples of a frame as rows of two channels."""
    sound = frame.to_ndarray()
    if sound.shape[0] == 1:
        sound = numpy.repeat(sound, CHANNELS, axis=0)
    return sound[:CHANNELS].T


def _add(mix: Any, begin: int, position: int, samples: Any) -> None:
    first, last = max(position, begin), min(position + len(samples), begin + len(mix))
    if first < last:
        mix[first - begin : last - begin] += samples[first - position : last - position]


def mixed(voices: list[Voice], begin: int, samples: int) -> av.AudioFrame:
    """Return the next part of the sound, limited to what a speaker can play."""
    mix: Any = numpy.zeros((samples, CHANNELS), dtype=numpy.float32)
    for voice in voices:
        voice.add_to(mix, begin)
    numpy.clip(mix, -1.0, 1.0, out=mix)
    frame = av.AudioFrame.from_ndarray(
        numpy.ascontiguousarray(mix.T), format="fltp", layout="stereo"
    )
    frame.sample_rate, frame.pts = RATE, begin
    return frame

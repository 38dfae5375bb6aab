"""The decoded pictures of a track, one at a time."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import av
import numpy

from sessions.mixing.columns import kept
from sessions.mixing.raw_files import RawTrack
from sessions.mixing.vp8_frames import frames_of

# Seconds after which a picture without a successor means that the camera is off.
STALE = 1.5
# The options of a decoder of films; a larger picture than 4K would take too much memory and time.
WHOLE = MappingProxyType({"max_pixels": str(4096 * 2304)})


class Camera:
    """The pictures of a track; `times` are seconds since the start of the recording."""

    def __init__(self, track: RawTrack, times: Any, options: Mapping[str, str] = WHOLE) -> None:
        self._times = times
        self._frames = frames_of(track)
        self._decoder = av.CodecContext.create("vp8", "r")
        self._decoder.options = dict(options)
        self._packets = kept(numpy.sort(times))
        self._seen = 0
        self._pictures = self._decoded()
        self._next = next(self._pictures, None)
        self._newest: av.VideoFrame | None = None

    def picture_at(self, time: float) -> av.VideoFrame | None:
        """Return the newest picture at `time`, None while the camera is off; times must rise."""
        while self._next is not None and self._next[0] <= time:
            self._newest = self._next[1]
            self._next = next(self._pictures, None)
        return self._newest if self._is_on(time) else None

    def _is_on(self, time: float) -> bool:
        """Return whether packets arrive: a picture that loss keeps from us is no dark camera."""
        while self._seen < len(self._packets) and self._packets[self._seen] <= time:
            self._seen += 1
        return self._seen > 0 and time - self._packets[self._seen - 1] < STALE

    def _decoded(self) -> Iterator[tuple[float, av.VideoFrame]]:
        has_key = False
        for frame in self._frames:
            has_key = has_key or frame.is_key
            if has_key:
                for picture in self._decode(frame.data):
                    yield float(self._times[frame.packet]), picture

    def _decode(self, data: bytes) -> list[av.VideoFrame]:
        """Return the pictures of a frame; a damaged frame has none."""
        try:
            return list(self._decoder.decode(av.Packet(data)))
        except av.FFmpegError:
            return []

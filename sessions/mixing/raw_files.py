"""Raw recordings of Janus (.mjr): one file has the RTP packets of one track, as they arrived.

A file begins with MJR00002, the length of a JSON header and the header. Each packet follows as
MEET, the milliseconds since the first packet, its length and the packet itself (RFC 3550).
Strangers send what is in the packets, and a killed Janus leaves torn files. So every length is
checked, and what cannot be read is skipped.
"""

import json
import mmap
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

from sessions.mixing.columns import kept

MAGIC, MARK = b"MJR00002", b"MEET"
# The mark, the milliseconds since the first packet, and the length of the packet.
FRAME = struct.Struct(">4sIH")
# Version and flags, marker and payload type, sequence number, timestamp, SSRC.
RTP = struct.Struct(">BBHII")
# The packets whose numbers become Python's at once.
AT_ONCE = 4096
RATES = {"vp8": 90_000, "opus": 48_000}
KINDS = {"v": "vp8", "a": "opus"}
Content = mmap.mmap | bytes


class RawFileFault(ValueError):
    """The file cannot be composed; the message says why."""


@dataclass(frozen=True)
class RawTrack:
    """The packets of a file in the order of their arrival, as columns of equal length.

    `arrivals` are seconds since the epoch, `clocks` seconds of the sender's clock,
    `sequences` the sequence numbers without their overflow. `starts` and `ends` are the offsets of
    the payloads in `data`; `markers` show whether the RTP marker is set.
    """

    codec: str
    data: Content
    arrivals: Any
    clocks: Any
    sequences: Any
    starts: Any
    ends: Any
    markers: Any

    def payload(self, packet: int) -> bytes:
        return self.data[self.starts[packet] : self.ends[packet]]

    def in_order(self) -> Iterator[int]:
        """Yield the packets by their sequence numbers, each number once."""
        packets = kept(numpy.unique(self.sequences, return_index=True)[1])
        # A list of all numbers would take more memory than the columns.
        for start in range(0, len(packets), AT_ONCE):
            yield from packets[start : start + AT_ONCE].tolist()


def read_track(path: Path) -> RawTrack:
    """Index a raw file; raise RawFileFault if no packet of it can be used."""
    data = _mapped(path)
    codec, began, offset = _header(data)
    return indexed(data, codec, began, offset)


def indexed(data: Content, codec: str, began: float, offset: int = 0) -> RawTrack:
    """Index the packets from `offset` on; raise RawFileFault if none can be used."""
    columns = _Columns(RATES[codec])
    for ahead, start, end in _packets(data, offset):
        columns.add(data, ahead, start, end)
    if not columns.arrivals:
        raise RawFileFault("The file has no packet.")
    return columns.track(codec, data, began)


def first_arrival(path: Path) -> float:
    """Return when the first packet arrived, in seconds since the epoch; raise RawFileFault."""
    return _header(_mapped(path))[1]


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise RawFileFault("The file is empty.") from error


def _header(data: mmap.mmap) -> tuple[str, float, int]:
    """Return the codec, the time of the first packet, and the offset of the packets."""
    if data[: len(MAGIC)] != MAGIC:
        raise RawFileFault("The file does not begin with MJR00002.")
    begin = len(MAGIC) + 2
    end = begin + int.from_bytes(data[len(MAGIC) : begin], "big")
    try:
        header = json.loads(data[begin:end])
        codec, began = str(header["c"]).lower(), int(header["u"]) / 1_000_000
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise RawFileFault("The header of the file cannot be read.") from error
    if codec != KINDS.get(str(header.get("t"))):
        raise RawFileFault(f"The file has {codec[:20]}, and only VP8 and Opus can be composed.")
    if header.get("e"):
        raise RawFileFault("The file is encrypted from end to end.")
    return codec, began, end


def _packets(data: Content, offset: int) -> Iterator[tuple[float, int, int]]:
    """Yield the seconds since the first packet, and the bounds of each whole packet."""
    size = len(data)
    while offset + FRAME.size <= size:
        mark, ahead, length = FRAME.unpack_from(data, offset)
        start = offset + FRAME.size
        end = start + length
        if mark != MARK or end > size:
            offset = data.find(MARK, offset + 1)
            if offset < 0:
                return
            continue
        yield ahead / 1000, start, end
        offset = end


class _Columns:
    """The columns of a track while they are read."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.arrivals, self.clocks = array("d"), array("d")
        self.sequences, self.starts, self.ends = array("q"), array("q"), array("q")
        self.markers = array("b")
        self._source: int | None = None
        self._sequence = self._highest = self._ticks = self._stamp = 0

    def add(self, data: Content, ahead: float, start: int, end: int) -> None:
        """Add the packet between two offsets, unless it is no RTP packet with a payload."""
        if end - start < RTP.size:
            return
        flags, type_, sequence, stamp, source = RTP.unpack_from(data, start)
        bounds = payload_bounds(data, flags, start, end)
        if flags >> 6 != 2 or bounds is None:
            return
        self._follow(sequence, stamp, source, ahead)
        self.arrivals.append(ahead)
        self.clocks.append(self._ticks / self.rate)
        self.sequences.append(self._sequence)
        self.starts.append(bounds[0])
        self.ends.append(bounds[1])
        self.markers.append(type_ >> 7)

    def _follow(self, sequence: int, stamp: int, source: int, ahead: float) -> None:
        """Count the sequence number and the timestamp on, without their overflow."""
        if source == self._source:
            self._sequence += _signed(sequence - self._sequence, 16)
            self._ticks += _signed(stamp - self._stamp, 32)
        else:
            # Another source counts from other numbers: its first packet is placed where it arrived.
            self._sequence = self._highest + (1 << 17)
            self._sequence += _signed(sequence - self._sequence, 16)
            self._ticks += round((ahead - self.arrivals[-1]) * self.rate) if self.arrivals else 0
        self._source, self._stamp = source, stamp
        self._highest = max(self._highest, self._sequence)

    def track(self, codec: str, data: Content, began: float) -> RawTrack:
        arrivals = numpy.frombuffer(self.arrivals) + began
        sequences, starts, ends = (
            numpy.frombuffer(one, dtype="q") for one in (self.sequences, self.starts, self.ends)
        )
        clocks, markers = numpy.frombuffer(self.clocks), numpy.frombuffer(self.markers, "b")
        return RawTrack(codec, data, arrivals, clocks, sequences, starts, ends, markers)


def payload_bounds(data: Content, flags: int, start: int, end: int) -> tuple[int, int] | None:
    """Return the bounds of the payload behind sources, extension and before padding."""
    begin = start + RTP.size + 4 * (flags & 0x0F)
    if flags & 0x10 and begin + 4 <= end:
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
    if flags & 0x20:
        end -= data[end - 1]
    return (begin, end) if begin < end else None


def _signed(difference: int, bits: int) -> int:
    """Return the shortest way between two counters that overflow."""
    half = 1 << (bits - 1)
    return (difference + half) % (1 << bits) - half

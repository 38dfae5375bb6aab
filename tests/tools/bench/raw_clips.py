"""Raw recordings of any length: a short clip, repeated with shifted numbers and times."""

import struct
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy

from tests.support.raw_recordings import RATES, Packet, raw_file, sounds

# The bytes before and in the header of an RTP packet: the arrival, the number and the timestamp.
FRAME, ARRIVAL, NUMBER, STAMP = 10, 4, 12, 14
# The bytes before the header of a file.
HEAD = 10


@dataclass(frozen=True)
class Camera:
    """The picture, its rate, its bits per second, and the most bytes of a packet."""

    width: int
    height: int
    fps: int
    bits: int
    most: int

    def packets(self, seconds):
        """Encode a gradient that moves, with noise in its middle as detail."""
        encoder = av.CodecContext.create("libvpx", "w")
        encoder.width, encoder.height, encoder.pix_fmt = self.width, self.height, "yuv420p"
        encoder.time_base, encoder.bit_rate = Fraction(1, self.fps), self.bits
        encoder.options = {"deadline": "realtime", "cpu-used": "8"}
        return tuple(
            Packet(tick / self.fps, tick / self.fps, bytes(packet))
            for tick in range(round(seconds * self.fps))
            for packet in encoder.encode(self._picture(tick))
        )

    def _picture(self, tick):
        rows, columns = numpy.mgrid[: self.height * 3 // 2, : self.width]
        planes = ((rows + columns + 3 * tick) % 200 + 20).astype(numpy.uint8)
        planes[self.height :] = 128
        noise = numpy.random.default_rng(tick).integers(0, 60, (self.height // 4, self.width // 4))
        planes[: self.height // 4, : self.width // 4] += noise.astype(numpy.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = tick
        return frame


def write_camera(path, camera, began, clip, repeats):
    """Write a video file of `repeats` clips of `clip` seconds."""
    # janus-pp-rec needs the time at which the file was made, too.
    header = {"most": camera.most, "s": began * 1_000_000}
    content = raw_file("vp8", camera.packets(clip), began, **header)
    _write(path, content, RATES["vp8"], clip, repeats)


def write_voice(path, began, clip, repeats):
    """Write an audio file of `repeats` clips of `clip` seconds."""
    content = raw_file("opus", sounds(clip), began, s=began * 1_000_000)
    _write(path, content, RATES["opus"], clip, repeats)


def _write(path, content, rate, clip, repeats):
    begin = HEAD + struct.unpack_from(">H", content, 8)[0]
    offsets = numpy.array(_offsets(content, begin)) - begin
    packets = numpy.frombuffer(content[begin:], numpy.uint8)
    with path.open("wb") as file:
        file.write(content[:begin])
        for turn in range(repeats):
            copy = packets.copy()
            _add(copy, offsets + ARRIVAL, turn * clip * 1000, ">u4")
            _add(copy, offsets + NUMBER, turn * len(offsets) % 2**16, ">u2")
            _add(copy, offsets + STAMP, turn * clip * rate % 2**32, ">u4")
            file.write(copy.tobytes())


def _offsets(content, offset):
    found = []
    while offset < len(content):
        found.append(offset)
        offset += FRAME + struct.unpack_from(">H", content, offset + 8)[0]
    return found


def _add(packets, offsets, number, kind):
    """Add a number to the field at each offset, which overflows as in RTP."""
    kind = numpy.dtype(kind)
    places = offsets[:, None] + numpy.arange(kind.itemsize)
    values = packets[places].view(kind)[:, 0]
    sums = (values.astype("q") + number) % 2 ** (8 * kind.itemsize)
    packets[places] = sums.astype(kind)[:, None].view(numpy.uint8)

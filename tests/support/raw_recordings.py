"""Raw recordings as Janus writes them: a flash and a beep in each second."""

import json
import struct
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy
from django.conf import settings

RATES = {"vp8": 90_000, "opus": 48_000}
FPS, PACKETS, SIZE = 30, 50, (320, 180)
# The lengths of flash and beep in seconds, the pitch in Hz, and the most bytes in a packet.
FLASH, BEEP, PITCH, MOST = 0.1, 0.1, 1000, 1100
# Sequence numbers and timestamps that overflow within the first second.
FIRST, STAMP = 65_530, 2**32 - 9000


@dataclass(frozen=True)
class Packet:
    """A frame of picture or sound; `sent` is the sender's clock, `arrived` that of the server."""

    sent: float
    arrived: float
    data: bytes


@cache
def pictures(seconds):
    """Encode a dark picture that is white at the start of each second."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height = SIZE
    encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, FPS)
    encoder.options = {"deadline": "realtime", "cpu-used": "8"}
    return tuple(
        Packet(tick / FPS, tick / FPS, bytes(packet))
        for tick in range(round(seconds * FPS))
        for packet in encoder.encode(_picture(tick))
    )


def _picture(tick):
    width, height = SIZE
    planes = numpy.full((height * 3 // 2, width), 128, numpy.uint8)
    planes[:height] = 235 if tick % FPS < FLASH * FPS else 40
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts = tick
    return frame


@cache
def sounds(seconds):
    """Encode silence with a beep at the start of each second."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATES["opus"], "stereo", "flt"
    return tuple(
        Packet(number / PACKETS, number / PACKETS, bytes(packet))
        for number in range(round(seconds * PACKETS))
        for packet in encoder.encode(_sound(number))
    )


def _sound(number):
    size = RATES["opus"] // PACKETS
    times = (numpy.arange(size) + number * size) / RATES["opus"]
    wave = numpy.where(times % 1 < BEEP, 0.5 * numpy.sin(2 * numpy.pi * PITCH * times), 0)
    both = numpy.repeat(wave.astype(numpy.float32), 2)[None, :]
    frame = av.AudioFrame.from_ndarray(both, format="flt", layout="stereo")
    frame.sample_rate, frame.pts = RATES["opus"], number * size
    return frame


def after_a_pause(packets, at, seconds):
    """Return packets whose sender is silent for `seconds`, while its clock stands still."""
    return tuple(
        Packet(one.sent, one.arrived + seconds * (one.sent >= at), one.data) for one in packets
    )


def raw_file(codec, packets, began, most=MOST, **header):
    """Return the bytes of a file whose first packet arrived at `began`, in seconds.

    `most` is the largest part of a picture in a packet.
    """
    text = json.dumps(
        {"t": "v" if codec == "vp8" else "a", "c": codec, "u": round(began * 1e6), **header}
    ).encode()
    parts = [b"MJR00002", struct.pack(">H", len(text)), text]
    for number, (packet, part, is_first, is_last) in enumerate(_parts(codec, packets, most)):
        stamp = (STAMP + round(packet.sent * RATES[codec])) % 2**32
        kind = 96 | 0x80 * (is_last and codec == "vp8")
        rtp = struct.pack(">BBHII", 0x80, kind, (FIRST + number) % 2**16, stamp, 7)
        descriptor = bytes([0x10 * is_first]) if codec == "vp8" else b""
        data = rtp + descriptor + part
        parts += [b"MEET", struct.pack(">IH", round(packet.arrived * 1000), len(data)), data]
    return b"".join(parts)


def write_raw_file(member, codec, packets, began, number=0):
    """Write the file of a member as Janus does, in settings.JANUS_RECORDINGS; return its path."""
    kind = "video" if codec == "vp8" else "audio"
    name = f"videoroom-{member.session_id}-user-{member.pk}-{'1' * 16}-{kind}-{number}.mjr"
    path = Path(settings.JANUS_RECORDINGS, str(member.session_id), name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw_file(codec, packets, began.timestamp()))
    return path


def _parts(codec, packets, most):
    most = most if codec == "vp8" else 2**16
    for packet in packets:
        starts = range(0, len(packet.data), most)
        for start in starts:
            part = packet.data[start : start + most]
            yield packet, part, start == 0, start == starts[-1]

"""VP8 frames from the RTP payloads of a track (RFC 7741)."""

from collections.abc import Iterator
from dataclasses import dataclass

from sessions.mixing.raw_files import RawTrack


@dataclass(frozen=True)
class Frame:
    """An encoded picture; `packet` is its first packet."""

    packet: int
    data: bytes
    is_key: bool


def frames_of(track: RawTrack) -> Iterator[Frame]:
    """Yield the frames of which every packet is there, in the order of the sender."""
    parts: list[bytes] = []
    first = previous = -1
    for packet in track.in_order():
        begins, part = _without_descriptor(track.payload(packet))
        sequence = int(track.sequences[packet])
        if begins:
            first, parts = packet, []
        elif sequence != previous + 1:
            # A packet is missing, so the rest of this frame is of no use.
            first = -1
        previous = sequence
        if first < 0:
            continue
        parts.append(part)
        if track.markers[packet]:
            data = b"".join(parts)
            if data:
                yield Frame(first, data, not data[0] & 1)
            first = -1


def starts_key_frame(payload: bytes) -> bool:
    """Return whether a payload is the first of a picture that needs no other picture."""
    begins, part = _without_descriptor(payload)
    return begins and bool(part) and not part[0] & 1


def _without_descriptor(payload: bytes) -> tuple[bool, bytes]:
    """Return whether a payload begins a frame, and its part of the frame."""
    flags = payload[0]
    # S is set, and the index of the partition is zero.
    begins = flags & 0x17 == 0x10
    size = 1
    if flags & 0x80:
        size = 2 + _extension(payload[1:4])
    return begins, payload[size:]


def _extension(part: bytes) -> int:
    """Return the bytes behind the extension's flags: PictureID, TL0PICIDX, and TID with KEYIDX."""
    if not part:
        return 0
    has_id, has_level, has_layer = part[0] & 0x80, part[0] & 0x40, part[0] & 0x30
    long_id = has_id and len(part) > 1 and part[1] & 0x80
    return bool(has_id) + bool(long_id) + bool(has_level) + bool(has_layer)

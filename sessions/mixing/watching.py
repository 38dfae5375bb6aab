"""Watch cameras of live rooms: Janus sends copies of their packets to sockets of this process."""

import contextlib
import logging
import selectors
import socket
import time
from collections.abc import Iterator, Sequence

from sessions.media.janus_copies import COPIED_TO, COPY_SOURCE, copy_camera, stop_copy
from sessions.media.janus_requests import JanusRequests
from sessions.media.server import MediaServerError
from sessions.mixing.raw_files import FRAME, MARK, RTP, payload_bounds
from sessions.mixing.vp8_frames import starts_key_frame
from sessions.models import RoomSession

log = logging.getLogger(__name__)

# Seconds of a moving picture, and until which cameras may send their first whole picture.
LENGTH, LATEST_BEGIN = 2.4, 1.2
# Bytes that the socket may keep, of the largest packet, and of one camera in a shot.
BUFFER, LARGEST, MOST = 1 << 20, 2048, 4 << 20
# Packets that are read from one socket before the others have their turn.
AT_ONCE = 256


class Watched:
    """A member's camera. `packets` has what it sent, as in a raw file."""

    def __init__(self, session: RoomSession, member_id: str) -> None:
        self.session, self.member_id = session, member_id
        self.packets = bytearray()
        # Seconds until the first whole picture.
        self.began: float | None = None
        self._stream_id: int | None = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.setblocking(False)

    def begin(self, server: JanusRequests) -> None:
        """Ask Janus for copies, which begin with a whole picture; raise MediaServerError."""
        self.socket.bind((COPIED_TO, 0))
        port = self.socket.getsockname()[1]
        self._stream_id = copy_camera(server, self.session, self.member_id, port)

    def end(self, server: JanusRequests) -> None:
        self.socket.close()
        if self._stream_id is not None:
            stop_copy(server, self.session, self.member_id, self._stream_id)

    @property
    def is_on(self) -> bool:
        """Whether Janus sends copies: a member may have no camera."""
        return self._stream_id is not None

    def read(self, at: float) -> None:
        """Keep the packets that have arrived `at` seconds after the first camera began."""
        for packet in _arrived(self.socket):
            if len(self.packets) < MOST:
                self.packets += FRAME.pack(MARK, round(at * 1000), len(packet)) + packet
            if self.began is None and _begins(packet):
                self.began = at


@contextlib.contextmanager
def watched(server: JanusRequests, cameras: Sequence[Watched]) -> Iterator[None]:
    """Let Janus send copies until the end of the block; raise MediaServerError."""
    try:
        for camera in cameras:
            camera.begin(server)
        yield
    finally:
        for camera in cameras:
            try:
                camera.end(server)
            except MediaServerError as error:
                log.warning("%s: a copy is stopped later: %s", camera.session.pk, error)


def receive(cameras: Sequence[Watched]) -> float:
    """Read packets for a moving picture; return the second at which it can begin."""
    start = time.monotonic()
    on = [camera for camera in cameras if camera.is_on]
    with selectors.DefaultSelector() as selector:
        for camera in on:
            selector.register(camera.socket, selectors.EVENT_READ, camera)
        while on and time.monotonic() - start < _begin(on) + LENGTH:
            for key, _ in selector.select(0.05):
                key.data.read(time.monotonic() - start)
    return _begin(on)


def _begin(cameras: Sequence[Watched]) -> float:
    begins = [LATEST_BEGIN if one.began is None else one.began for one in cameras]
    return min(LATEST_BEGIN, max(begins, default=0.0))


def _arrived(one: socket.socket) -> Iterator[bytes]:
    """Yield the packets of Janus: any process of this machine could send some."""
    with contextlib.suppress(BlockingIOError):
        for _ in range(AT_ONCE):
            packet = one.recv(LARGEST)
            if len(packet) >= RTP.size and RTP.unpack_from(packet)[4] == COPY_SOURCE:
                yield packet


def _begins(packet: bytes) -> bool:
    bounds = payload_bounds(packet, packet[0], 0, len(packet))
    return bounds is not None and starts_key_frame(packet[slice(*bounds)])

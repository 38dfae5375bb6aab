"""Copies of cameras, which Janus sends to a port of this machine for as long as a mixer wants."""

from typing import Any

from django.conf import settings

from sessions.media.janus import NO_SUCH_PARTICIPANT, NO_SUCH_ROOM
from sessions.media.janus_requests import JanusRequests
from sessions.models import RoomSession

# The source (the SSRC of RTP) marks the copies of mixers.
COPIED_TO, COPY_SOURCE, COPY_TYPE = "127.0.0.1", 0x47524E50, 96


def copy_camera(
    server: JanusRequests, session: RoomSession, member_id: str, port: int
) -> int | None:
    """Send copies of a camera's packets to a port of this machine; None without a camera."""
    answer = _send(
        server,
        session,
        "rtp_forward",
        publisher_id=member_id,
        host=COPIED_TO,
        host_family="ipv4",
        # Unlike its successor `streams`, this form of the request asks for a key frame.
        video_port=port,
        video_pt=COPY_TYPE,
        video_ssrc=COPY_SOURCE,
    )
    return answer["rtp_stream"].get("video_stream_id") if answer else None


def stop_copy(server: JanusRequests, session: RoomSession, member_id: str, stream_id: int) -> None:
    """Stop copies, unless they have ended with the camera."""
    _send(server, session, "stop_rtp_forward", publisher_id=member_id, stream_id=stream_id)


def copies_in(server: JanusRequests, session: RoomSession) -> list[tuple[str, int]]:
    """Return the member and the id of each copy that a mixer has asked for."""
    answer = server.send_room(session, "listforwarders", unless=NO_SUCH_ROOM)
    return [
        (publisher["publisher_id"], copy["stream_id"])
        for publisher in (answer or {}).get("publishers", ())
        for copy in publisher["forwarders"]
        if copy.get("ssrc") == COPY_SOURCE
    ]


def _send(
    server: JanusRequests, session: RoomSession, request: str, **fields: Any
) -> dict[str, Any] | None:
    unless = (NO_SUCH_ROOM, NO_SUCH_PARTICIPANT)
    key = settings.JANUS_ADMIN_KEY
    return server.send_room(session, request, unless=unless, admin_key=key, **fields)

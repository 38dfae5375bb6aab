"""Janus' VideoRoom as the media server: docs/how-to/media-servers.md describes its setup.

Each call is one request to Janus' admin API, so there is no Janus session to keep alive. Rooms
and participants in Janus have the ids of our sessions and members.
"""

import json
from typing import Any, cast

import urllib3
from django.conf import settings
from django.utils.crypto import get_random_string, salted_hmac

from rooms.models import Quality
from rooms.rules.constraints import InRange, rule_of
from sessions.media.server import MediaServerError, MediaServerUnavailable, Place
from sessions.models import Member, RoomSession

PLUGIN = "janus.plugin.videoroom"
# Janus' error codes.
NO_SUCH_ROOM, ROOM_EXISTS, NO_SUCH_PARTICIPANT, NO_SUCH_TOKEN = 426, 427, 428, 490
MOST_MEMBERS = cast(InRange, rule_of(RoomSession, "max_members")).high
# The bits per second of a camera. Janus cannot set a resolution; the client chooses it.
BITRATES = {Quality.HD: 1_500_000, Quality.FULL_HD: 3_000_000}
# The settings of a composed picture: a mixer obeys them in recordings and previews.
COMPOSED = frozenset({"layout", "fps", "audio_video_sync", "enable_room_previews"})
NOTHING: frozenset[str] = frozenset()
# Copies of cameras go to this machine only; their source (RTP's SSRC) and payload type mark them.
COPIED_TO, COPY_SOURCE, COPY_TYPE = "127.0.0.1", 0x47524E50, 96
KEY_FRAME_SECONDS = 10
SECONDS = urllib3.Timeout(connect=2, read=5)


class JanusRefused(MediaServerError):
    """Janus rejected a request; `code` is its error code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"Janus: {reason} ({code})")
        self.code = code


class Janus:
    """The client of the Janus server in the settings."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(maxsize=settings.THREADS, timeout=SECONDS, retries=False)

    @property
    def unsupported(self) -> frozenset[str]:
        return NOTHING if settings.MIXER else COMPOSED

    # --- rooms

    def create(self, session: RoomSession) -> None:
        self._send_room(
            session,
            "create",
            unless=ROOM_EXISTS,
            admin_key=settings.JANUS_ADMIN_KEY,
            # An empty list admits no one until allow(); without a list Janus admits anyone.
            allowed=[],
            # Viewers need a place of their own, so that removed members stop receiving.
            require_pvtid=True,
            is_private=True,
            # Janus counts publishers without a lock; sessions/lifecycle/ enforces max_members.
            publishers=MOST_MEMBERS,
            description=session.display_name,
            bitrate=BITRATES[Quality(session.quality)],
            bitrate_cap=True,
            # Recordings and previews are composed of VP8, which every browser has (RFC 7742).
            videocodec="vp8",
            # Without this extension, phones rotate the picture before they encode it.
            videoorient_ext=False,
            # No browser asks for key frames in an empty audience, and a recording needs them.
            fir_freq=KEY_FRAME_SECONDS,
            record=session.record_on_start,
            rec_dir=f"{settings.JANUS_RECORDINGS}/{session.pk}",
            lock_record=True,
        )

    def update(self, session: RoomSession) -> None:
        self._send_room(
            session,
            "edit",
            new_description=session.display_name,
            new_bitrate=BITRATES[Quality(session.quality)],
        )
        self._record(session, session.record_on_start)

    def destroy(self, session: RoomSession) -> None:
        self._send_room(session, "destroy", unless=NO_SUCH_ROOM)

    def start_recording(self, session: RoomSession) -> None:
        self._record(session, True)

    def stop_recording(self, session: RoomSession) -> None:
        self._record(session, False)

    def _record(self, session: RoomSession, record: bool) -> None:
        self._send_room(session, "enable_recording", record=record)

    # --- members

    def allow(self, session: RoomSession, member: Member) -> Place:
        token = _token(str(member.pk))
        self._send("add_token", token=token, plugins=[PLUGIN])
        try:
            self._send_room(session, "allowed", action="add", allowed=[token])
        except JanusRefused as refusal:
            if refusal.code != NO_SUCH_ROOM:
                raise
            self.create(session)
            self._send_room(session, "allowed", action="add", allowed=[token])
        return {
            "server": "janus",
            "url": settings.JANUS_URL,
            "room": str(session.pk),
            "id": str(member.pk),
            "token": token,
        }

    def remove(self, session: RoomSession, member_id: str) -> None:
        token = _token(member_id)
        # The token is revoked last, so that Janus can still send the reason of the removal.
        self._send_room(session, "allowed", unless=NO_SUCH_ROOM, action="remove", allowed=[token])
        self._send_room(session, "kick", unless=(NO_SUCH_ROOM, NO_SUCH_PARTICIPANT), id=member_id)
        self._send("remove_token", unless=NO_SUCH_TOKEN, token=token)

    def inside(self, session: RoomSession) -> dict[str, bool] | None:
        answer = self._send_room(session, "listparticipants", unless=NO_SUCH_ROOM)
        if answer is None:
            return None
        return {one["id"]: one["publisher"] for one in answer["participants"]}

    # --- copies of cameras

    def copy_camera(self, session: RoomSession, member_id: str, port: int) -> int | None:
        """Send copies of a camera's packets to a port of this machine; None without a camera."""
        answer = self._send_copies(
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

    def stop_copy(self, session: RoomSession, member_id: str, stream_id: int) -> None:
        """Stop copies, unless they have ended with the camera."""
        self._send_copies(session, "stop_rtp_forward", publisher_id=member_id, stream_id=stream_id)

    def copies(self, session: RoomSession) -> list[tuple[str, int]]:
        """Return the member and the id of each copy that a mixer has asked for."""
        answer = self._send_room(session, "listforwarders", unless=NO_SUCH_ROOM)
        return [
            (publisher["publisher_id"], copy["stream_id"])
            for publisher in (answer or {}).get("publishers", ())
            for copy in publisher["forwarders"]
            if copy.get("ssrc") == COPY_SOURCE
        ]

    def _send_copies(
        self, session: RoomSession, request: str, **fields: Any
    ) -> dict[str, Any] | None:
        unless = (NO_SUCH_ROOM, NO_SUCH_PARTICIPANT)
        key = settings.JANUS_ADMIN_KEY
        return self._send_room(session, request, unless=unless, admin_key=key, **fields)

    # --- requests

    def _send_room(
        self, session: RoomSession, request: str, unless: int | tuple[int, ...] = (), **fields: Any
    ) -> dict[str, Any] | None:
        """Send a request to the plugin; return None for an error code in `unless`."""
        secret = _derived_secret("room", str(session.pk))
        body = {"request": request, "room": str(session.pk), "secret": secret, **fields}
        answer = self._send("message_plugin", plugin=PLUGIN, request=body) or {}
        return _checked(answer["response"], unless, "error_code", "error")

    def _send(
        self, janus: str, unless: int | tuple[int, ...] = (), **fields: Any
    ) -> dict[str, Any] | None:
        """Send a request to the admin API; return None for an error code in `unless`."""
        message = {
            "janus": janus,
            "transaction": get_random_string(12),
            "admin_secret": settings.JANUS_ADMIN_SECRET,
            **fields,
        }
        answer = self._post(message)
        error = answer.get("error", {})
        return _checked({**answer, **error}, unless, "code", "reason")

    def _post(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            response = self._pool.request("POST", settings.JANUS_ADMIN_URL, json=message)
            answer = json.loads(response.data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise MediaServerUnavailable(f"Janus does not answer: {error}") from error
        if not isinstance(answer, dict):
            raise MediaServerUnavailable("The response is not from Janus' admin API.")
        return answer


def _checked(
    answer: dict[str, Any], unless: int | tuple[int, ...], code: str, reason: str
) -> dict[str, Any] | None:
    """Return `answer`, or None for an error code in `unless`; raise JanusRefused for others."""
    if code not in answer:
        return answer
    expected = unless if isinstance(unless, tuple) else (unless,)
    if answer[code] in expected:
        return None
    raise JanusRefused(answer[code], answer.get(reason, ""))


def _token(member_id: str) -> str:
    return _derived_secret("member", member_id)


def _derived_secret(purpose: str, name: str) -> str:
    """Return a secret that is derived from JANUS_ADMIN_KEY, so that it needs no row."""
    salt = f"greenroom.janus.{purpose}"
    key = settings.JANUS_ADMIN_KEY
    return salted_hmac(salt, name, secret=key, algorithm="sha256").hexdigest()

"""Janus' VideoRoom as the media server: docs/how-to/media-servers.md describes its setup.

Each call is one request to Janus' admin API, so there is no Janus session to keep alive. Rooms
and participants in Janus have the ids of our sessions and members.
"""

from typing import cast

from django.conf import settings

from rooms.models import Quality
from rooms.rules.constraints import InRange, rule_of
from sessions.media.janus_requests import PLUGIN, JanusRefused, JanusRequests, derived_secret
from sessions.media.server import Place
from sessions.models import Member, RoomSession

# Janus' error codes.
NO_SUCH_ROOM, ROOM_EXISTS, NO_SUCH_PARTICIPANT, NO_SUCH_TOKEN = 426, 427, 428, 490
MOST_MEMBERS = cast(InRange, rule_of(RoomSession, "max_members")).high
# The bits per second of a camera. Janus cannot set a resolution; the client chooses it.
BITRATES = {Quality.HD: 1_500_000, Quality.FULL_HD: 3_000_000}
# The settings of a composed picture: a mixer obeys them in recordings and previews.
COMPOSED = frozenset({"layout", "fps", "audio_video_sync", "enable_room_previews"})
NOTHING: frozenset[str] = frozenset()
KEY_FRAME_SECONDS = 10


class Janus(JanusRequests):
    """The client of the Janus server in the settings."""

    @property
    def unsupported(self) -> frozenset[str]:
        return NOTHING if settings.MIXER else COMPOSED

    # --- rooms

    def create(self, session: RoomSession) -> None:
        self.send_room(
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
        self.send_room(
            session,
            "edit",
            new_description=session.display_name,
            new_bitrate=BITRATES[Quality(session.quality)],
        )
        self._record(session, session.record_on_start)

    def destroy(self, session: RoomSession) -> None:
        self.send_room(session, "destroy", unless=NO_SUCH_ROOM)

    def start_recording(self, session: RoomSession) -> None:
        self._record(session, True)

    def stop_recording(self, session: RoomSession) -> None:
        self._record(session, False)

    def _record(self, session: RoomSession, record: bool) -> None:
        self.send_room(session, "enable_recording", record=record)

    # --- members

    def allow(self, session: RoomSession, member: Member) -> Place:
        token = _token(str(member.pk))
        self.send("add_token", token=token, plugins=[PLUGIN])
        try:
            self.send_room(session, "allowed", action="add", allowed=[token])
        except JanusRefused as refusal:
            if refusal.code != NO_SUCH_ROOM:
                raise
            self.create(session)
            self.send_room(session, "allowed", action="add", allowed=[token])
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
        self.send_room(session, "allowed", unless=NO_SUCH_ROOM, action="remove", allowed=[token])
        self.send_room(session, "kick", unless=(NO_SUCH_ROOM, NO_SUCH_PARTICIPANT), id=member_id)
        self.send("remove_token", unless=NO_SUCH_TOKEN, token=token)

    def inside(self, session: RoomSession) -> dict[str, bool] | None:
        answer = self.send_room(session, "listparticipants", unless=NO_SUCH_ROOM)
        if answer is None:
            return None
        return {one["id"]: one["publisher"] for one in answer["participants"]}


def _token(member_id: str) -> str:
    return derived_secret("member", member_id)

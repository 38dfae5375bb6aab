"""Terms of a room token, and the claims of an issued one."""

import jwt

EVERYTHING = {
    "room_name": "standup",
    "user_name": "Ada",
    "permissions": ["room.set_layout", "room.self.audio_mute"],
    "join_from": "2030-01-01T00:00:00Z",
    "join_until": "2030-01-01T02:00:00+01:00",
    "remove_at": "2030-01-02",
    "remove_after_seconds_elapsed": 60,
    "join_audio_muted": True,
    "join_video_muted": True,
    "sync_audio_video": False,
    "expires_in": 3600,
    "join_as": "member",
    "media_allowed": "audio-only",
    "auto_create_room": False,
    "enable_room_previews": True,
    "room_display_name": "Stand-up",
    "end_room_session_on_leave": True,
    "meta": {"seat": 4},
    "room_meta": {"team": "platform"},
}


def said(token):
    return jwt.decode(token, options={"verify_signature": False})


OLD, NEW = "o" * 64, "n" * 64

"""Request bodies that change a room: the round and a unique number determine the values."""

import itertools

# Each pass over the rooms sends new values, so each request changes its room.
PASSES = itertools.count()


def one_field(_, number):
    # No value returns, because a PUT of the current value does not change the room.
    return {"remove_after_seconds_elapsed": 1_000_000 + number}


def new_name(_, number):
    # Outside of ASCII, so that its folded form is stored and indexed, too.
    return {"display_name": f"Café Zoë, meeting {number}"}


def no_change(*_):
    return {"audio_video_sync": False}


def invalid_fields(*_):
    return {"max_members": 301, "quality": "4k"}


def all_fields(turn, number):
    """Return a body in which the value of every field differs from the previous round."""
    color, quality = (("green", "720p"), ("blue", "1080p"))[turn % 2]
    year, is_blue = 2040 + number % 60, bool(turn % 2)
    return {
        "display_name": f"The {color} room",
        "description": f"A {color} room with a description.",
        "max_members": 252 if is_blue else 251,
        "quality": quality,
        "join_from": f"{year}-01-05T09:00:00Z",
        "join_until": f"{year}-02-05T09:00:00Z",
        "remove_at": f"{year}-03-05T09:00:00Z",
        "remove_after_seconds_elapsed": 60 + number,
        "layout": "2x2" if is_blue else "5up",
        "record_on_start": is_blue,
        "enable_room_previews": is_blue,
        "audio_video_sync": False,
        "meta": {"case": number},
    }

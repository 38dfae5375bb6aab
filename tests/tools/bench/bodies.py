"""What is sent to change a room: made of the turn and of a number that nothing else has."""

import itertools

# No two passes over the rooms send the same, so that whoever was there before, a change is one.
PASSES = itertools.count()


def one_field(_, number):
    # Neither what a room is made with nor what any other work here sends.
    return {"max_members": 101 + number % 100}


def no_field(*_):
    return {"audio_video_sync": False}


def too_much(*_):
    return {"max_members": 301, "quality": "4k"}


def all_fields(turn, number):
    """Return every field, each other than the time before."""
    word, other = (("green", "720p"), ("blue", "1080p"))[turn % 2]
    year, is_blue = 2040 + number % 60, bool(turn % 2)
    return {
        "display_name": f"The {word} room",
        "description": f"Where {word} things are said.",
        "max_members": 252 if is_blue else 251,
        "quality": other,
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

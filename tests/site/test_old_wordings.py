"""Texts that staff did not understand, which were replaced and must not come back."""

from pathlib import Path

OLD = (
    *("What looks wrong", "Nobody is in a room.", "Nothing opens, closes or removes anyone."),
    *("Removes everyone", "Max people", "Max members", "stays closed", "Recording or not"),
    *(
        "Previews or not",
        "Unchanged longest",
        "Changed last",
        "everyone out",
        "Change the one that",
    ),
    *(
        "No room matches",
        "There is no project for you yet",
        "The room is there.",
        "What this means",
    ),
    *("Nothing was changed: the room", "The same as a list", "The same change by the API"),
    *("Change something, and the call", "For programs", "Join from", "Join until", "Remove at"),
    *("Remove after seconds", "Nobody new is let in", "Nobody is removed by the clock"),
    *("Joining has no", "How programs call the room", "Arrangement of the members"),
    *("What is marked as wrong", "These settings contradict", "You may look at this room"),
    *("What you typed is still here", "Nothing was tried yet", "would be refused", "already so"),
    *("Change those that are still valid", "What needs a look first", "Back to the choice"),
    *(
        "Make new rooms of names",
        "Whose rooms the file is about",
        "Leave it",
        "with others at once",
    ),
    *("What it began with", "What it was at the end", "say which value it shall have"),
    *("Merged already", "Drop my changes", "End it for everybody", "Let it go on"),
    *("From now on the session would go by", "Nobody can join it any more", "As the device says"),
    *("Keys are shortcuts", "You may not do this", "There is nothing here", "To the start"),
    *("Everything there is", "I have copied it", "None chosen: all", "is an address inside."),
    *("The secret before signs", "Test events on their way"),
)
PLACES = ("templates", "access", "rooms", "sessions", "config")


def test_no_text_for_people_has_an_old_wording():
    files = [
        path
        for place in PLACES
        for path in Path(place).rglob("*")
        if path.suffix in (".py", ".html", ".js") and "migrations" not in path.parts
    ]
    texts = {str(path): " ".join(path.read_text().split()) for path in files}

    found = [f"{path}: {words}" for path, text in texts.items() for words in OLD if words in text]

    assert len(texts) > 300
    assert not found, "\n".join(found)

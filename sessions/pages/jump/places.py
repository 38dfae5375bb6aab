"""Pages and actions that a user can jump to; each address leads to a page that changes nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext, gettext_noop

from rooms.rules.searching import is_found
from rooms.templatetags.links import address_for

# The text and the view of each page, in the order of the main menu.
PAGES = (
    (gettext_noop("Now"), "now"),
    (gettext_noop("Rooms"), "home"),
    (gettext_noop("Week"), "week"),
    (gettext_noop("Sessions"), "session-list"),
    (gettext_noop("History"), "history"),
    (gettext_noop("Bulk edits"), "job-list"),
    (gettext_noop("API tokens"), "token-list"),
    (gettext_noop("Webhooks"), "webhook-list"),
    (gettext_noop("Administration"), "admin:index"),
    (gettext_noop("API documentation"), "docs"),
    (gettext_noop("Your sign-ins"), "own-sign-ins"),
    (gettext_noop("Change password"), "password"),
)
ACTIONS = (
    (gettext_noop("New room"), "new-room"),
    (gettext_noop("New API token"), "new-token"),
    (gettext_noop("New webhook"), "new-webhook"),
    (gettext_noop("Import rooms"), "import"),
    (gettext_noop("Export all rooms as CSV"), "export"),
    # The page has the button that signs out.
    (gettext_noop("Sign out…"), "jump#sign-out"),
)
# The actions for the room or the session of a page, by the argument of its address.
HERE = {
    "room_id": (
        (gettext_noop("Edit this room"), "room-page"),
        (gettext_noop("History of this room"), "room-page-history"),
        (gettext_noop("Sessions of this room"), "session-list?room=%s"),
        (gettext_noop("Duplicate this room…"), "new-room?from=%s"),
        (gettext_noop("Delete this room…"), "delete-room"),
    ),
    "session_id": (
        (gettext_noop("Open this session"), "session-page"),
        (gettext_noop("Apply the room's settings to this session…"), "apply-to-session"),
        (gettext_noop("End this session…"), "end-session"),
    ),
}


@dataclass(frozen=True)
class JumpTarget:
    """One result: `text` is a link to `url`, and `detail` distinguishes equal texts."""

    text: str
    url: str
    detail: str = ""


def places(user: Any, search: str, of: Iterable[tuple[str, str]]) -> list[JumpTarget]:
    """Return those of PAGES or ACTIONS that the search finds and the user may open."""
    return list(_found(search, ((text, _address(user, page)) for text, page in of)))


def places_here(user: Any, search: str, path: str) -> list[JumpTarget]:
    """Return the actions for the room or session of the page at `path`."""
    try:
        arguments = resolve(path).kwargs
    except Resolver404:
        return []
    named = next((name for name in HERE if name in arguments), None)
    if named is None:
        return []
    found = ((text, _address(user, page, arguments[named])) for text, page in HERE[named])
    return list(_found(search, ((text, url) for text, url in found if url != path)))


def _address(user: Any, page: str, *arguments: Any) -> str:
    """Return the address of a page; its query, if it has one, takes the arguments of the path."""
    view, rest = re.fullmatch(r"([^?#]+)(.*)", page).groups()
    takes = "%s" in rest
    # Each page demands that the user is staff, and so does Django admin.
    known = reverse(view) if ":" in view else ""
    url = known or address_for(user, view, () if takes else arguments)
    return url and url + (rest % arguments if takes else rest)


def _found(search: str, named: Iterable[tuple[str, str]]) -> Iterator[JumpTarget]:
    for text, url in named:
        words = gettext(text)
        if url and (not search or is_found(search, words)):
            yield JumpTarget(words, url)

"""Links back to the list from which a user came: the same search, order and page.

A cookie has the addresses of the last lists, because it costs no SQL statement and needs no
JavaScript. The script greenroom/js/back.js prefers the list of the same tab.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import NoReverseMatch, resolve, reverse

from access.http.cookies import read_cookie, set_cookie

COOKIE = "lists"
# In characters; browsers and the server accept about twice as many.
LONGEST = 2000
# urlencode() never leaves this character in a query.
BETWEEN = "|"


@dataclass(frozen=True)
class ReturnPage:
    """A list as other pages know it: its parameters, its title and the words of a button."""

    parameters: tuple[str, ...]
    title: Any
    back: Any

    def address(self, path: str, query: QueryDict) -> str:
        """Return the address with those parameters of `query` that the list knows."""
        values = {name: query.get(name, "").strip() for name in query if name in self.parameters}
        kept = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{kept}" if kept else path


@dataclass(frozen=True)
class BackLink:
    url: str
    title: str
    back: str


def leads_back(
    *parameters: str, title: Any, back: Any
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let last_list() find this view, at its last address that was answered with 200."""
    page = ReturnPage(parameters, title, back)

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def remembering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                _remember(request, response, page.address(request.path, request.GET))
            return response

        remembering.as_list = page  # type: ignore[attr-defined]
        return remembering

    return decorate


def last_list(request: HttpRequest, *names: str) -> BackLink:
    """Return the link to the list that the user saw last among `names`, or to the first name.

    The names are those of routes. The cookie cannot lead to another page.
    """
    lists = lists_at(names)
    seen = (address for address in _seen(request) if _path(address) in lists)
    path, _, query = next(seen, next(iter(lists))).partition("?")
    page = lists[path]
    return BackLink(page.address(path, QueryDict(query)), str(page.title), str(page.back))


@cache
def lists_at(names: tuple[str, ...]) -> dict[str, ReturnPage]:
    """Return the lists of the routes `names`, by their paths."""
    found: dict[str, ReturnPage] = {}
    for name in names:
        # The app of the page may not be installed.
        with suppress(NoReverseMatch):
            path = reverse(name)
            found[path] = resolve(path).func.as_list  # type: ignore[attr-defined]
    return found


def forget_lists(response: HttpResponse) -> None:
    set_cookie(response, COOKIE, "", timedelta(0))


def _remember(request: HttpRequest, response: HttpResponse, here: str) -> None:
    others = [one for one in _seen(request) if _path(one) != request.path]
    lists = [one for one in (here, *others) if len(one) < LONGEST // 2]
    kept = [str(request.user.pk), *lists]
    while len(BETWEEN.join(kept)) > LONGEST:
        kept.pop()
    value = BETWEEN.join(kept)
    if value != read_cookie(request, COOKIE):
        age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        set_cookie(response, COOKIE, value, age, httponly=True)


def _seen(request: HttpRequest) -> Iterator[str]:
    """Yield the addresses in the cookie, the last one first, if this user has seen them."""
    person, *addresses = read_cookie(request, COOKIE).split(BETWEEN)
    return iter(addresses if person == str(request.user.pk) else ())


def _path(address: str) -> str:
    return address.partition("?")[0]

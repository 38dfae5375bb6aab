"""Attributes of a view that middlewares and the server read: body limits, replica reads."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.urls import URLPattern, get_resolver

View = TypeVar("View", bound=Callable[..., Any])
# Returns the number of bytes that a body of this Content-Type may have.
BodyLimit = Callable[[str], int]


def body_limit(limit: BodyLimit) -> Callable[[View], View]:
    """Let a view, or an action of a viewset, take bodies of `limit(content_type)` bytes."""
    return _with("body_limit", limit)


def reads_replica(view: View) -> View:
    """Let the replica answer GET requests to a page; viewsets have a class attribute."""
    return _with("reads_replica", True)(view)


def reports_work(view: View) -> View:
    """Mark a page that reports what a worker did: its user then reads from the primary."""
    return _with("reports_work", True)(view)


def may_repeat(*names: str) -> Callable[[View], View]:
    """Let a page take these query parameters more than once."""
    return _with("may_repeat", names)


def has_attribute(view: Any, name: str) -> bool:
    """Return whether a view, or the class that it was made from, has this attribute set."""
    made_from = (getattr(view, "cls", None), getattr(view, "view_class", None))
    return any(getattr(one, name, False) for one in (view, *made_from))


def paths_with(name: str) -> frozenset[str]:
    """Return the paths of the views that have this attribute set."""
    return frozenset(path for path, view in routes() if has_attribute(view, name))


def body_limits() -> dict[str, BodyLimit]:
    """Return the limits of the views that set their own, by path.

    The paths of such views have no parameters, so that a request's limit is one look-up.
    """
    found = ((path, _limit_of(view)) for path, view in routes())
    return {path: limit for path, limit in found if limit}


def routes(resolver: Any = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Yield each path of the URLconf, as it is written there, with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield path, entry.callback
        else:
            yield from routes(entry, path)


def _limit_of(view: Any) -> BodyLimit | None:
    actions = getattr(view, "actions", None) or {}
    handlers = [view, *(getattr(view.cls, name) for name in actions.values())]
    limits = (getattr(handler, "body_limit", None) for handler in handlers)
    return next(filter(None, limits), None)


def _with(name: str, value: Any) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, name, value)
        return view

    return decorate

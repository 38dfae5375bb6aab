"""Conditional requests (RFC 9110, section 13): the headers of a request against a version.

A write that a condition might have stopped is never made: a header that cannot be read, or that
the address cannot evaluate, counts as a condition that is not met.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.http import parse_http_date_safe

# RFC 9110 allows empty elements in a list.
_ELEMENT = re.compile(r'[ \t]*(?:(W/)?"([\x21\x23-\x7e\x80-\uffff]*)"[ \t]*)?(?:,|\Z)')
_VERSION = re.compile(r"[1-9][0-9]{0,9}\Z")
# The endings that proxies give to the ETag of a compressed response, such as "2-gzip".
_COMPRESSED = re.compile(r"[-;](gzip|deflate|br|zstd)\Z")
_HEADERS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_UNMODIFIED_SINCE")


def etag(resource: Any) -> str:
    return f'"{resource.version}"'


@dataclass(frozen=True)
class Precondition:
    """The condition of a write: called with the resource, it returns whether that meets it.

    The resource has a `version`, and may have `updated_at`; None is an address without a version.
    """

    match: str | None = None
    none_match: str | None = None
    unmodified_since: str | None = None

    def __call__(self, resource: Any) -> bool:
        return not self.fault(resource)

    def fault(self, resource: Any, noun: str = "resource") -> str:
        """Return why the resource does not meet the condition, as a sentence, or an empty text."""
        fault = ""
        if self.match is not None:
            fault = _match_fault(self.match, resource, noun)
        elif self.unmodified_since is not None:
            fault = _date_fault(self.unmodified_since, resource, noun)
        if not fault and self.none_match is not None:
            fault = _none_match_fault(self.none_match, resource, noun)
        return fault

    @property
    def base_version(self) -> int | None:
        """The version that the client read, if If-Match names exactly one."""
        tags = _strong(_tags(self.match or "") or [])
        tag = tags.pop() if len(tags) == 1 else ""
        return int(tag) if _VERSION.match(tag) else None


def precondition(request: HttpRequest) -> Precondition | None:
    """Return the condition that the request sets to a write, or None if it sets none."""
    sent = [request.META.get(name) for name in _HEADERS]
    return None if sent == [None, None, None] else Precondition(*sent)


def asks_if_known(request: HttpRequest) -> bool:
    """Return whether the client wants the resource only if it has changed."""
    return "HTTP_IF_NONE_MATCH" in request.META


def is_known(resource: Any, request: HttpRequest) -> bool:
    """Return whether the client of a GET has this version of the resource already."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    return header is not None and (_is_any(header) or _has(resource, header))


def _match_fault(header: str, resource: Any, noun: str) -> str:
    if _is_any(header):
        return ""
    tags = _tags(header)
    if tags is None:
        return _unreadable("If-Match")
    if resource is None:
        return "This address has no ETag: leave out If-Match."
    if str(resource.version) in _strong(tags):
        return ""
    return _altered(tags) or f"The {noun} has changed since you read it. Read it again."


def _none_match_fault(header: str, resource: Any, noun: str) -> str:
    if _is_any(header):
        return f"If-None-Match is *, but the {noun} exists."
    if _tags(header) is None:
        return _unreadable("If-None-Match")
    if resource is not None and _has(resource, header):
        return f"The {noun} has a version that If-None-Match excludes."
    return ""


def _date_fault(header: str, resource: Any, noun: str) -> str:
    since = parse_http_date_safe(header)
    if since is None:
        return (
            "If-Unmodified-Since cannot be read: send a date such as Fri, 31 Dec 2027 23:59:59 GMT."
        )
    changed = getattr(resource, "updated_at", None)
    if changed is None:
        return "This address has no date of its last change: leave out If-Unmodified-Since."
    if int(changed.timestamp()) <= since:
        return ""
    return f"The {noun} has changed since that time. Read it again."


def _unreadable(name: str) -> str:
    return f'{name} cannot be read: send an ETag with its quotation marks, such as "2", or *.'


def _altered(tags: list[tuple[bool, str]]) -> str:
    """Return a sentence about an ETag that a proxy has changed, or an empty text."""
    for is_weak, tag in tags:
        if ending := _COMPRESSED.search(tag):
            return (
                f"The ETag ends with {ending[0]}, which a proxy added when it compressed the "
                "response: send the ETag without it. Apache keeps ETags as they are with "
                "DeflateAlterETag NoChange."
            )
        if is_weak:
            return (
                "A weak ETag (W/) never matches: send it without W/. A proxy such as nginx adds W/ "
                "when it compresses the response."
            )
    return ""


def _is_any(header: str) -> bool:
    return header.strip() == "*"


def _has(resource: Any, header: str) -> bool:
    return any(tag == str(resource.version) for _, tag in _tags(header) or [])


def _strong(tags: list[tuple[bool, str]]) -> set[str]:
    return {tag for is_weak, tag in tags if not is_weak}


def _tags(header: str) -> list[tuple[bool, str]] | None:
    """Return (is_weak, tag) for each ETag of a list; None if the list is malformed or empty."""
    tags, position = [], 0
    while position < len(header):
        found = _ELEMENT.match(header, position)
        if not found:
            return None
        if found[2] is not None:
            tags.append((found[1] is not None, found[2]))
        position = found.end()
    return tags or None

"""The files of composed recordings, whole or in parts: a player seeks by ranges (RFC 9110)."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from sessions.media.film_links import film_of
from sessions.media.recordings import film_path
from sessions.models import Composition, CompositionState

RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?")
BLOCK = 1 << 18


@require_safe
def film(request: HttpRequest, signed: str) -> HttpResponseBase:
    """Send a film, or the range of it that the request asks for."""
    film_id = film_of(signed)
    films = Composition.objects.filter(state=CompositionState.READY, recording__deleted_at=None)
    ready = films.select_related("recording__session").filter(pk=film_id).first()
    if film_id is None or ready is None:
        raise Http404
    try:
        file = film_path(ready).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = _response(file, f"video/{ready.format}", request.headers.get("Range", ""))
    if "download" in request.GET:
        name = content_disposition_header(True, _file_name(ready))
        response.headers["Content-Disposition"] = name or "attachment"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _file_name(film: Composition) -> str:
    """Return "standup 2026-11-30 2117.mp4", with the time in UTC."""
    recording = film.recording
    return f"{recording.session.name} {recording.started_at:%Y-%m-%d %H%M}.{film.format}"


def _response(file: BinaryIO, kind: str, asked: str) -> HttpResponseBase:
    size = file.seek(0, 2)
    bounds = _bounds(asked, size)
    if bounds is None:
        file.seek(0)
        return FileResponse(file, content_type=kind)
    first, last = bounds
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    headers = {
        "Content-Range": f"bytes {first}-{last}/{size}",
        "Content-Length": str(last - first + 1),
    }
    part = FilePart(file, last - first + 1)
    return StreamingHttpResponse(part, status=206, content_type=kind, headers=headers)


def _bounds(asked: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of a range, or None for the whole file.

    The first is after the last if the file has no byte of the range. Several ranges get the whole
    file, which RFC 9110 allows.
    """
    found = RANGE.fullmatch(asked.replace(" ", ""))
    if not found or found[1] is found[2] is None:
        return None
    if found[1] is None:
        count = min(int(found[2]), size)
        return size - count, size - 1
    first, last = int(found[1]), int(found[2] or size)
    if found[2] is not None and first > last:
        return None
    return (first, min(last, size - 1)) if first < size else (1, 0)


class FilePart:
    """The next `left` bytes of an open file. Django closes the part, and it closes the file."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self._file, self._left = file, left

    def __iter__(self) -> Iterator[bytes]:
        while block := self._file.read(min(BLOCK, self._left)):
            self._left -= len(block)
            yield block

    def close(self) -> None:
        self._file.close()

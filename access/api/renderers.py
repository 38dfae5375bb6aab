"""Answers as JSON."""

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework import renderers
from rest_framework.utils.encoders import JSONEncoder


class JsonRenderer(renderers.JSONRenderer):
    """REST framework's, written by orjson; what that cannot write is written as ever."""

    _others = JSONEncoder().default

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        if data is None:
            return b""
        try:
            return orjson.dumps(data, self._others, orjson.OPT_PASSTHROUGH_DATETIME)
        except TypeError:
            # A number of more than 64 bits, which a room's meta may hold.
            return bytes(super().render(data, media_type, context))


_json = JsonRenderer()


def json_response(data: Any, status: int = 200, headers: Any = None) -> HttpResponse:
    """Return an answer that is written already: REST framework's waits to hear in which format."""
    return HttpResponse(_json.render(data), _json.media_type, status, headers=headers)

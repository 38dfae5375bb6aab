"""JSON responses."""

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework import renderers
from rest_framework.utils.encoders import JSONEncoder


class JsonRenderer(renderers.JSONRenderer):
    """Renders JSON with orjson, and with Python's json where orjson cannot."""

    _others = JSONEncoder().default

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        if data is None:
            return b""
        try:
            return orjson.dumps(data, self._others, orjson.OPT_PASSTHROUGH_DATETIME)
        except TypeError:
            # A number of more than 64 bits, which the meta of a room may contain.
            return bytes(super().render(data, media_type, context))


_json = JsonRenderer()


def json_response(data: Any, status: int = 200, headers: Any = None) -> HttpResponse:
    """Return a rendered response, without REST framework's content negotiation."""
    return HttpResponse(_json.render(data), _json.media_type, status, headers=headers)

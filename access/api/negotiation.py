"""Content negotiation with a shortcut for the usual Accept headers."""

from collections.abc import Sequence
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

USUAL = {"*/*", "application/json", "application/json, */*"}


class StrictContentNegotiation(DefaultContentNegotiation):
    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        first = renderers[0]
        asked = request._request.META.get("HTTP_ACCEPT", "*/*")
        if asked in USUAL and format_suffix is None and first.media_type == "application/json":
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)

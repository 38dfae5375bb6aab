"""Content negotiation with weights, and a shortcut for the usual Accept headers."""

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from access.http.accept import weight_of

USUAL = {
    *("", "*/*", "application/json", "application/json, */*"),
    "application/json, text/plain, */*",
}


class StrictContentNegotiation(DefaultContentNegotiation):
    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        """Return the renderer with the highest weight, the first of equal ones."""
        first = renderers[0]
        header = request._request.META.get("HTTP_ACCEPT", "*/*")
        if header in USUAL and first.media_type == "application/json":
            return first, first.media_type
        weights = [weight_of(header, str(renderer.media_type)) for renderer in renderers]
        highest = max(weights)
        if not highest:
            types = " or ".join(str(renderer.media_type) for renderer in renderers)
            raise NotAcceptable(f"Accept excludes {types}, which this call returns.")
        chosen = renderers[weights.index(highest)]
        return chosen, chosen.media_type

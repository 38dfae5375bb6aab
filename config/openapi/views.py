"""The API's description as JSON, and the page that shows it."""

import functools
from typing import Any

from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.openapi.responses import CODES, STATUSES


class SchemaView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def get(self, request: Request) -> Response:
        return Response(description())


@functools.cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document. Made once: anyone may ask for it, and it never changes."""
    return SchemaGenerator().get_schema(public=True)


class DocsView(TemplateView):
    """Swagger UI of our own, and below it the errors, each where its `url` leads."""

    template_name = "api/docs.html"
    extra_context = {"codes": CODES, "statuses": STATUSES}

"""The OpenAPI document as JSON, and the docs page."""

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
    """Return the OpenAPI document, built once: it never changes, and every client may get it."""
    return SchemaGenerator().get_schema(public=True)


class DocsView(TemplateView):
    """Swagger UI, served locally, and the error codes that the `url` of an error links to."""

    template_name = "api/docs.html"
    extra_context = {"codes": CODES, "statuses": STATUSES}

"""The OpenAPI document as JSON, and the docs page."""

import functools
from typing import Any

from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.renderers import JsonRenderer
from config.openapi.responses import CODES, STATUSES

# The address of the curl examples in the description: a served document has the server's own.
EXAMPLE_ROOT = "http://127.0.0.1:8000"


class OpenApiRenderer(JsonRenderer):
    media_type = "application/vnd.oai.openapi+json"


class SchemaView(APIView):
    """The OpenAPI document; its curl examples call the server that the client has called."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    renderer_classes = (JsonRenderer, OpenApiRenderer)

    def get(self, request: Request) -> Response:
        document = description()
        root = request.build_absolute_uri("/").rstrip("/")
        text = document["info"]["description"].replace(EXAMPLE_ROOT, root)
        return Response({**document, "info": {**document["info"], "description": text}})


@functools.cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document, built once: it is the same for every client."""
    return SchemaGenerator().get_schema(public=True)


class DocsView(TemplateView):
    """Swagger UI, served locally, and the error codes that the `url` of an error links to."""

    template_name = "api/docs.html"
    extra_context = {"codes": CODES, "statuses": STATUSES}

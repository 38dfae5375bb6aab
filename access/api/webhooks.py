"""Webhooks over HTTP: the URLs that receive events, and the deliveries to them."""

import copy
import re
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.examples import DELIVERY_ID, WEBHOOK, WEBHOOK_ID
from access.api.pagination import KeysetPagination
from access.api.parsers import StrictJsonParser
from access.api.scopes import WEBHOOKS
from access.api.views import ProjectView, body_of
from access.api.webhook_serializers import (
    ChangedWebhookSerializer,
    NewWebhookSerializer,
    SentWebhookDeliverySerializer,
    WebhookChangeSerializer,
    WebhookDeliverySerializer,
    WebhookSerializer,
    WebhookWithSecretSerializer,
    read_webhook,
    serialize_delivery,
    serialize_webhook,
    validate_endpoint,
)
from access.http.errors import ApiError
from access.http.preconditions import etag
from access.values.identifiers import is_uuid
from access.webhooks.models import (
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    give_up,
    redeliver,
)
from access.webhooks.outbox import send_test
from access.webhooks.signatures import derive_secret

IS_DISABLED = "This webhook is disabled: enable it first."
ARRIVED = "This delivery has arrived already."
BY_API = "Disabled through the API."


class WebhookView(ProjectView):
    scopes = WEBHOOKS
    pagination_class = KeysetPagination
    parser_classes = [StrictJsonParser]
    lookup_url_kwarg = "webhook"

    @property
    def endpoints(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.filter(project=self.token.project_id)

    def get_endpoint(self, webhook: str, *, lock: bool = False) -> WebhookEndpoint:
        """Return the project's endpoint with this id. Raises Http404, and the 412 of a write."""
        rows = self.endpoints.select_for_update() if lock else self.endpoints
        one = rows.filter(pk=webhook).first() if is_uuid(webhook) else None
        if one is None:
            raise Http404
        if self.request.method not in SAFE_METHODS:
            self.check_condition(one, "webhook")
        return one

    def get_enabled_endpoint(self, webhook: str) -> WebhookEndpoint:
        endpoint = self.get_endpoint(webhook)
        if endpoint.disabled_at:
            raise ApiError(409, IS_DISABLED)
        return endpoint


class WebhookViewSet(WebhookView):
    serializer_class = WebhookSerializer
    versioned_actions = frozenset({"update", "destroy", "rotate"})
    secret_actions = frozenset({"create", "rotate"})

    def list(self, request: Request) -> Response:
        """List the project's webhooks, newest first."""
        page = self.paginate_queryset(self.endpoints)
        return self.get_paginated_response([serialize_webhook(endpoint) for endpoint in page])

    @extend_schema(
        request=NewWebhookSerializer,
        responses={201: WebhookWithSecretSerializer},
        examples=[WEBHOOK],
    )
    def create(self, request: Request) -> Response:
        """Add a webhook. The answer alone has its secret."""
        values = {"url": "", **read_webhook(body_of(request), strict=self.is_strict)}
        with self.rollback_if_dry_run(), transaction.atomic():
            endpoint = _with(WebhookEndpoint(project=self.token.project), values)
            validate_endpoint(endpoint)
            endpoint.save(force_insert=True)
        headers = {} if self.is_dry_run else {"Location": f"{request.path}/{endpoint.pk}"}
        return self.answer(self._with_secret(endpoint), 201, ETag=etag(endpoint), **headers)

    @extend_schema(parameters=[WEBHOOK_ID])
    def retrieve(self, request: Request, webhook: str) -> HttpResponseBase:
        """Get a webhook, without its secret; 304 if it has the version in If-None-Match."""
        return self.show(self.get_endpoint(webhook), serialize_webhook)

    @extend_schema(
        parameters=[WEBHOOK_ID],
        request=WebhookChangeSerializer,
        responses={200: ChangedWebhookSerializer},
    )
    def update(self, request: Request, webhook: str) -> Response:
        """Change the fields of a webhook that the body contains."""
        self.get_endpoint(webhook)
        values = read_webhook(body_of(request), strict=self.is_strict)
        with self.rollback_if_dry_run(), transaction.atomic():
            endpoint = self.get_endpoint(webhook, lock=True)
            before = copy.copy(endpoint)
            validate_endpoint(_with(endpoint, values))
            endpoint.save_version(*endpoint.fields_moved_since(before))
        return self.answer(serialize_webhook(endpoint), ETag=etag(endpoint))

    @extend_schema(parameters=[WEBHOOK_ID])
    def destroy(self, request: Request, webhook: str) -> Response:
        """Delete a webhook with its pending deliveries and its log."""
        with self.rollback_if_dry_run(), transaction.atomic():
            self.get_endpoint(webhook, lock=True).delete()
        return Response(status=204)

    @extend_schema(
        operation_id="rotate_webhook_secret",
        parameters=[WEBHOOK_ID],
        request=None,
        responses={200: WebhookWithSecretSerializer},
    )
    def rotate(self, request: Request, webhook: str) -> Response:
        """Create a new secret. For 24 hours, the former one signs as well."""
        self.read_options()
        self.get_endpoint(webhook)
        with self.rollback_if_dry_run(), transaction.atomic():
            endpoint = self.get_endpoint(webhook, lock=True)
            endpoint.rotate(timezone.now())
        return self.answer(self._with_secret(endpoint), ETag=etag(endpoint))

    def reveal(self, answer: dict[str, Any]) -> dict[str, Any]:
        if "secret" in answer:
            answer["secret"] = derive_secret(UUID(answer["id"]), answer["secret"])
        return answer

    def _with_secret(self, endpoint: WebhookEndpoint) -> dict[str, Any]:
        """Return the endpoint with the generation of its secret, for reveal().

        A dry run shows no secret.
        """
        secret = {} if self.is_dry_run else {"secret": endpoint.generation}
        return {**serialize_webhook(endpoint), **secret}


class WebhookDeliveryViewSet(WebhookView):
    serializer_class = WebhookDeliverySerializer
    versioned_actions = frozenset({"create", "redeliver", "give_up"})

    @extend_schema(parameters=[WEBHOOK_ID])
    def list(self, request: Request, webhook: str) -> Response:
        """List the deliveries to a webhook in the last 30 days, newest first."""
        page = self.paginate_queryset(self._of(self.get_endpoint(webhook)))
        return self.get_paginated_response([serialize_delivery(delivery) for delivery in page])

    @extend_schema(
        operation_id="test_webhook",
        parameters=[WEBHOOK_ID],
        request=None,
        responses={201: SentWebhookDeliverySerializer},
    )
    def create(self, request: Request, webhook: str) -> Response:
        """Send an event of the type webhook.test."""
        self.read_options()
        endpoint = self.get_enabled_endpoint(webhook)
        with self.rollback_if_dry_run():
            send_test(endpoint, timezone.now())
            body = serialize_delivery(self._of(endpoint)[0])
        return self.answer(body, 201)

    @extend_schema(
        operation_id="redeliver_webhook",
        parameters=[WEBHOOK_ID, DELIVERY_ID],
        request=None,
        responses={200: SentWebhookDeliverySerializer},
    )
    def redeliver(self, request: Request, webhook: str, delivery: str) -> Response:
        """Send a delivery again; a pending one does not change."""
        self.read_options()
        rows = self._one_of(self.get_endpoint(webhook), delivery)
        self.get_enabled_endpoint(webhook)
        with self.rollback_if_dry_run():
            redeliver([int(delivery)], timezone.now())
            body = serialize_delivery(rows.get())
        return self.answer(body)

    @extend_schema(
        operation_id="give_up_webhook_delivery",
        parameters=[WEBHOOK_ID, DELIVERY_ID],
        request=None,
        responses={200: SentWebhookDeliverySerializer},
    )
    def give_up(self, request: Request, webhook: str, delivery: str) -> Response:
        """Give up a pending delivery, so that the next ones of its room do not wait for it."""
        self.read_options()
        rows = self._one_of(self.get_endpoint(webhook), delivery)
        with self.rollback_if_dry_run():
            give_up([int(delivery)], f"token: {self.token.name}", timezone.now())
            found = rows.get()
        if found.state == DeliveryState.DELIVERED:
            raise ApiError(409, ARRIVED)
        return self.answer(serialize_delivery(found))

    def _one_of(self, endpoint: WebhookEndpoint, delivery: str) -> QuerySet[WebhookDelivery]:
        """Return the query of the endpoint's delivery with this id. Raises Http404."""
        # At most 18 digits, which PostgreSQL's bigint can hold.
        if not re.fullmatch(r"[1-9][0-9]{0,17}", delivery):
            raise Http404
        rows = self._of(endpoint).filter(pk=delivery)
        if not rows.exists():
            raise Http404
        return rows

    def _of(self, endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
        return endpoint.deliveries.select_related("event").prefetch_related("log").order_by("-id")


def _with(endpoint: WebhookEndpoint, values: dict[str, Any]) -> WebhookEndpoint:
    """Return the endpoint with values set, unsaved."""
    now = timezone.now()
    for name in values.keys() - {"enabled"}:
        setattr(endpoint, name, values[name])
    if values.get("enabled", endpoint.disabled_at is None) != (endpoint.disabled_at is None):
        endpoint.switch(on=values["enabled"], reason=BY_API, now=now)
    return endpoint

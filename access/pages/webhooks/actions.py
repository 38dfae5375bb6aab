"""Actions on a webhook endpoint: rotate, disable, enable and delete it, and send a test event."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from access.pages.audit import log_change, log_deletion
from access.pages.webhooks.endpoints import CHANGE, VIEW, form_methods, show_secret
from access.pages.webhooks.rows import endpoint_row, visible_endpoint, visible_endpoints
from access.staff.decorators import staff_page
from access.webhooks.models import OVERLAP, DeliveryState, WebhookEndpoint
from access.webhooks.outbox import send_test

DELETE = "access.delete_webhookendpoint"
BY_HAND = gettext_lazy("Disabled by staff.")


@form_methods
@staff_page(VIEW, CHANGE)
def rotate_secret(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Ask for confirmation; POST creates a new secret and redirects to it."""
    if request.method != "POST":
        return _question(request, endpoint_id, "rotate", hours=OVERLAP.total_seconds() // 3600)
    with transaction.atomic():
        endpoint = _locked(request, endpoint_id)
        endpoint.rotate(timezone.now())
        log_change(request, endpoint, gettext("Rotated the secret."))
    return show_secret(request, endpoint)


@form_methods
@staff_page(VIEW, CHANGE)
def disable_endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Ask for confirmation; POST stops all deliveries."""
    if request.method != "POST":
        return _question(request, endpoint_id, "disable")
    with transaction.atomic():
        endpoint = _locked(request, endpoint_id)
        if endpoint.disabled_at is None:
            endpoint.disable(str(BY_HAND), timezone.now())
            log_change(request, endpoint, gettext("Disabled."))
    text = gettext("The webhook is disabled. Events from now on are not kept for it.")
    messages.success(request, text)
    return redirect("webhook-page", endpoint.pk)


@require_POST
@staff_page(VIEW, CHANGE)
def enable_endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    with transaction.atomic():
        endpoint = _locked(request, endpoint_id)
        if endpoint.disabled_at:
            endpoint.enable(timezone.now())
            log_change(request, endpoint, gettext("Enabled."))
    messages.success(request, gettext("The webhook is enabled. Waiting deliveries come first."))
    return redirect("webhook-page", endpoint.pk)


@form_methods
@staff_page(VIEW, DELETE)
def delete_endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Ask for confirmation; POST deletes the endpoint with its log."""
    if request.method != "POST":
        return _question(request, endpoint_id, "delete")
    with transaction.atomic():
        endpoint = _locked(request, endpoint_id)
        log_deletion(request, endpoint)
        endpoint.delete()
    text = gettext("The webhook for %(url)s was deleted.")
    messages.success(request, text % {"url": endpoint.url})
    return redirect("webhook-list")


@require_POST
@staff_page(VIEW, CHANGE)
def send_test_event(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Queue a test event, and redirect to the page of the endpoint, which shows the result."""
    endpoint = visible_endpoint(request, endpoint_id)
    if endpoint.disabled_at:
        messages.error(request, gettext("Not sent: enable the webhook first."))
        return redirect("webhook-page", endpoint.pk)
    delivery = send_test(endpoint, timezone.now())
    page = reverse("webhook-page", args=[endpoint.pk])
    return HttpResponseRedirect(f"{page}?test={delivery.pk}")


def _locked(request: HttpRequest, endpoint_id: UUID) -> WebhookEndpoint:
    # PostgreSQL would lock the row of the project, too.
    rows = visible_endpoints(request).select_related(None).select_for_update()
    return get_object_or_404(rows, pk=endpoint_id)


def _question(
    request: HttpRequest, endpoint_id: UUID, action: str, **context: object
) -> HttpResponse:
    endpoint = visible_endpoint(request, endpoint_id)
    context["pending"] = endpoint.deliveries.filter(state=DeliveryState.PENDING).count()
    shown = {"here": "webhooks", **endpoint_row(endpoint), **context}
    return render(request, f"access/webhooks/{action}.html", shown)

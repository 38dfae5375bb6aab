"""The pages of webhook endpoints: the list, one endpoint, a new one, and changes to it."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from access.pages.audit import log_addition, log_change
from access.pages.pagination import page_of
from access.pages.shown_once import secret_page, show_on_next_page, take_secret
from access.pages.webhooks.forms import ChangedEndpointForm, NewEndpointForm
from access.pages.webhooks.rows import (
    delivery_row,
    endpoint_row,
    endpoint_rows,
    visible_endpoint,
    visible_endpoints,
    with_last_call,
)
from access.pages.webhooks.status import is_waiting
from access.staff.decorators import staff_page
from access.webhooks.models import WebhookEndpoint

VIEW, ADD, CHANGE = (f"access.{what}_webhookendpoint" for what in ("view", "add", "change"))
DELIVERIES_SHOWN = 10
EXAMPLE = """from standardwebhooks.webhooks import Webhook

event = Webhook("%s").verify(body, headers)"""
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff_page(VIEW)
def endpoint_list(request: HttpRequest) -> HttpResponse:
    """List the endpoints that the user may see, newest first, with their last deliveries."""
    page, links = page_of(request, visible_endpoints(request).order_by("-id"))
    context = {"here": "webhooks", "rows": endpoint_rows(page.rows), **links}
    return render(request, "access/webhooks/list.html", context)


@require_safe
@staff_page(VIEW)
@vary_on_headers("HX-Request")
def endpoint_page(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Show an endpoint and its last deliveries; ?test= names a test event to watch."""
    endpoint = visible_endpoint(request, endpoint_id)
    test = _test(request, endpoint)
    context = {"here": "webhooks", **endpoint_row(endpoint), "test": test}
    recent = with_last_call(endpoint.deliveries.order_by("-id"))[:DELIVERIES_SHOWN]
    context["rows"] = [delivery_row(one) for one in recent]
    part = "_endpoint" if "HX-Request" in request.headers else "detail"
    return render(request, f"access/webhooks/{part}.html", context)


def _test(request: HttpRequest, endpoint: WebhookEndpoint) -> dict[str, Any] | None:
    number = request.GET.get("test", "")
    # At most 18 digits, which PostgreSQL's bigint can hold.
    if not re.fullmatch(r"[0-9]{1,18}", number, re.ASCII):
        return None
    delivery = endpoint.deliveries.select_related("event").filter(pk=number).first()
    if delivery is None:
        return None
    waits = is_waiting(delivery)
    call = None if waits else delivery.log.first()
    return {**delivery_row(delivery), "is_waiting": waits, "call": call}


@form_methods
@staff_page(ADD)
@transaction.atomic
def new_endpoint(request: HttpRequest) -> HttpResponse:
    """Show the form of a new webhook; POST creates it, and redirects to its secret."""
    form = NewEndpointForm(request.POST or None, user=request.user)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form)
    endpoint = form.save()
    log_addition(request, endpoint)
    return show_secret(request, endpoint)


@form_methods
@staff_page(VIEW, CHANGE)
def edit_endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoint = visible_endpoint(request, endpoint_id)
    form = ChangedEndpointForm(request.POST or None, instance=endpoint)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, visible_endpoint(request, endpoint_id))
    if form.changed_data:
        with transaction.atomic():
            # Only the changed fields: a worker may update the endpoint at the same time.
            endpoint.save_version(*form.changed_data)
            log_change(request, endpoint, gettext("Changed."))
    messages.success(request, gettext("Saved."))
    return redirect("webhook-page", endpoint.pk)


def _form_page(request: HttpRequest, form: Any, endpoint: Any = None) -> HttpResponse:
    context = {"here": "webhooks", "form": form, "endpoint": endpoint}
    status = 422 if form.errors else 200
    return render(request, "access/webhooks/form.html", context, status=status)


def show_secret(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    """Redirect to the page that shows the current secret of `endpoint` once."""
    response = redirect("webhook-page-secret", endpoint.pk)
    show_on_next_page(request, response, _name_of(endpoint), endpoint.secret)
    return response


@require_GET
@staff_page()
def endpoint_secret(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Show a new secret, once, in the browser that created it."""
    endpoint = visible_endpoint(request, endpoint_id)
    if secret := take_secret(request, _name_of(endpoint)):
        context = {"here": "webhooks", "endpoint": endpoint, "secret": secret}
        context["example"] = EXAMPLE % secret
        return secret_page(render(request, "access/webhooks/secret.html", context))
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    text = gettext("A secret is shown only once. Rotate the secret if you need another one.")
    messages.info(request, text)
    return redirect("webhook-page", endpoint.pk)


def _name_of(endpoint: WebhookEndpoint) -> str:
    return f"webhook {endpoint.pk} {endpoint.generation}"

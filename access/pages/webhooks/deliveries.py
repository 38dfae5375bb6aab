"""The deliveries of a webhook endpoint: the list, one delivery, sending it again, giving it up."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from access.pages.pagination import page_of
from access.pages.webhooks.endpoints import CHANGE, VIEW
from access.pages.webhooks.request_text import body_text, request_headers
from access.pages.webhooks.rows import delivery_row, visible_endpoint, with_last_call
from access.pages.webhooks.status import EVENTS, is_waiting
from access.staff.decorators import staff_page
from access.webhooks.models import DeliveryState, WebhookDelivery, give_up, redeliver

LOG = "access.view_webhookdelivery"
MOST_CALLS = 50


class DeliveryFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("Status"), choices=[("", _("any")), *DeliveryState.choices], required=False
    )
    event = forms.ChoiceField(
        label=_("Event"), choices=[("", _("any")), *EVENTS.items()], required=False
    )

    def narrowed(self, rows: QuerySet[WebhookDelivery]) -> QuerySet[WebhookDelivery]:
        """Return the rows that the valid fields allow."""
        self.is_valid()
        asked = self.cleaned_data
        conditions = {"state": asked.get("state"), "event__type": asked.get("event")}
        return rows.filter(**{name: value for name, value in conditions.items() if value})


@require_safe
@staff_page(VIEW, LOG)
def delivery_list(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """List the deliveries to an endpoint, newest first."""
    endpoint = visible_endpoint(request, endpoint_id)
    rows = with_last_call(endpoint.deliveries.order_by("-id"))
    form = DeliveryFilterForm(request.GET)
    page, links = page_of(request, form.narrowed(rows))
    context = {"here": "webhooks", "endpoint": endpoint, "form": form, **links}
    context["rows"] = [delivery_row(one) for one in page.rows]
    return render(request, "access/webhooks/deliveries.html", context)


@require_safe
@staff_page(VIEW, LOG)
@vary_on_headers("HX-Request")
def delivery_page(request: HttpRequest, endpoint_id: UUID, delivery_id: int) -> HttpResponse:
    """Show the request of a delivery, and each call with its response."""
    delivery = _delivery(request, endpoint_id, delivery_id)
    calls = list(delivery.log.all()[:MOST_CALLS])
    context = {
        "here": "webhooks",
        "endpoint": delivery.endpoint,
        **delivery_row(delivery),
        "is_waiting": is_waiting(delivery),
        "calls": calls,
        "headers": request_headers(delivery, calls[0]) if calls else {},
        "body": body_text(delivery.event),
    }
    part = "_delivery" if "HX-Request" in request.headers else "delivery"
    return render(request, f"access/webhooks/{part}.html", context)


@require_POST
@staff_page(VIEW, LOG, CHANGE)
def resend_delivery(request: HttpRequest, endpoint_id: UUID, delivery_id: int) -> HttpResponse:
    delivery = _delivery(request, endpoint_id, delivery_id)
    if delivery.endpoint.disabled_at:
        messages.error(request, gettext("Not sent: enable the webhook first."))
    elif redeliver([delivery.pk], timezone.now()):
        messages.success(request, gettext("The delivery is queued again."))
    else:
        messages.info(request, gettext("The delivery is already queued."))
    return _to(delivery)


@require_POST
@staff_page(VIEW, LOG, CHANGE)
def give_up_delivery(request: HttpRequest, endpoint_id: UUID, delivery_id: int) -> HttpResponse:
    delivery = _delivery(request, endpoint_id, delivery_id)
    if give_up([delivery.pk], f"user: {request.user.get_username()}", timezone.now()):
        text = gettext("The delivery is given up. The next one of its room is sent.")
        messages.success(request, text)
    else:
        messages.info(request, gettext("The delivery has already ended."))
    return _to(delivery)


def _delivery(request: HttpRequest, endpoint_id: UUID, delivery_id: int) -> WebhookDelivery:
    endpoint = visible_endpoint(request, endpoint_id)
    rows = endpoint.deliveries.select_related("event", "endpoint__project")
    return get_object_or_404(rows, pk=delivery_id)


def _to(delivery: WebhookDelivery) -> HttpResponse:
    return redirect("delivery-page", delivery.endpoint_id, delivery.pk)

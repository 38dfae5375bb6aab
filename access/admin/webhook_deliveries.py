"""The log of webhook deliveries in the admin, read-only; a delivery can be sent again."""

import json

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy, ngettext

from access.admin.mixins import (
    CheckedSelectionAdmin,
    ProjectFieldListFilter,
    ProjectScopedAdmin,
    ReadOnly,
    report_counts,
    time_column,
)
from access.pages.webhooks.status import delivery_pill
from access.staff.times import time_tag
from access.webhooks.models import WebhookDelivery, give_up, redeliver


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ProjectScopedAdmin, CheckedSelectionAdmin, ReadOnly):
    to_project = "endpoint__project"

    list_display = ("number", "type", "to", "stands", "attempts", "last_outcome", "written", "due")
    list_filter = ("state", "event__type", ("endpoint__project", ProjectFieldListFilter))
    # The page of an endpoint links to its deliveries.
    linked_lookups = ("endpoint__id__exact",)
    list_select_related = ("event", "endpoint")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("=event__message_id", "=key", "endpoint__url")
    search_help_text = gettext_lazy("A webhook-id, the id of a room, or a part of a URL.")
    actions = ("redeliver", "give_up")
    change_form_template = "admin/access/webhook_delivery.html"
    fields = (
        *("message", "type", "to", "stands", "given_up_by", "attempts", "written", "due"),
        *("body", "calls"),
    )
    readonly_fields = fields

    due = time_column("due_at", gettext_lazy("Next attempt"))
    written = time_column("event.created_at", gettext_lazy("Created"), ordering="event__created_at")

    @admin.display(description="#", ordering="pk")
    def number(self, delivery: WebhookDelivery) -> int:
        return delivery.pk

    @admin.display(description=gettext_lazy("Webhook ID"))
    def message(self, delivery: WebhookDelivery) -> str:
        return str(delivery.event.message_id)

    @admin.display(description=gettext_lazy("Event"), ordering="event__type")
    def type(self, delivery: WebhookDelivery) -> str:
        return delivery.event.type

    @admin.display(description=gettext_lazy("Endpoint"), ordering="endpoint__url")
    def to(self, delivery: WebhookDelivery) -> str:
        url = reverse("admin:access_webhookendpoint_change", args=[delivery.endpoint_id])
        return format_html('<a href="{}">{}</a>', url, delivery.endpoint)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def stands(self, delivery: WebhookDelivery) -> str:
        return delivery_pill(delivery)

    @admin.display(description=gettext_lazy("Last result"))
    def last_outcome(self, delivery: WebhookDelivery) -> str:
        calls = list(delivery.log.all())
        return calls[0].outcome if calls else "-"

    @admin.display(description=gettext_lazy("Body"))
    def body(self, delivery: WebhookDelivery) -> str:
        body = json.loads(delivery.event.body)
        return format_html("<pre>{}</pre>", json.dumps(body, ensure_ascii=True, indent=2))

    @admin.display(description=gettext_lazy("Calls"))
    def calls(self, delivery: WebhookDelivery) -> str:
        rows = (
            (time_tag(call.at), call.milliseconds, call.outcome, call.answer)
            for call in delivery.log.all()
        )
        listed = format_html_join("", "<li>{} ({} ms) {}<pre>{}</pre></li>", rows)
        return format_html("<ul>{}</ul>", listed) if listed else "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        return super().get_queryset(request).prefetch_related("log")

    @admin.action(permissions=["redeliver"], description=gettext_lazy("Send again"))
    def redeliver(self, request: HttpRequest, deliveries: QuerySet[WebhookDelivery]) -> None:
        chosen = deliveries.values_list("pk", "endpoint__disabled_at", named=False)
        on = [pk for pk, disabled_at in chosen if disabled_at is None]
        sent = redeliver(on, timezone.now())
        text = ngettext("%d delivery queued again.", "%d deliveries queued again.", sent)
        messages.success(request, text % sent)
        if waiting := len(on) - sent:
            text = ngettext(
                "%d delivery is already queued.", "%d deliveries are already queued.", waiting
            )
            messages.warning(request, text % waiting)
        if off := len(chosen) - len(on):
            text = ngettext(
                "%d delivery was skipped: enable its endpoint first.",
                "%d deliveries were skipped: enable their endpoints first.",
                off,
            )
            messages.warning(request, text % off)

    @admin.action(permissions=["redeliver"], description=gettext_lazy("Give up"))
    def give_up(self, request: HttpRequest, deliveries: QuerySet[WebhookDelivery]) -> None:
        chosen = list(deliveries.values_list("pk", flat=True))
        ended = give_up(chosen, f"user: {request.user.get_username()}", timezone.now())
        text = ngettext(
            "%d delivery given up. The next one of its room is sent.",
            "%d deliveries given up. The next ones of their rooms are sent.",
            ended,
        )
        report_counts(request, text % ended, ended, len(chosen))

    def has_redeliver_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("access.change_webhookendpoint"))

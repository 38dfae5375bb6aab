"""Webhook endpoints in the admin; pages of staff create them (access/pages/webhooks)."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from access.admin.mixins import (
    BY_PROJECT,
    CheckedSelectionAdmin,
    ProjectScopedAdmin,
    report_counts,
    time_column,
)
from access.pages.webhooks.actions import BY_HAND
from access.pages.webhooks.forms import EndpointForm
from access.pages.webhooks.status import endpoint_pill
from access.webhooks.models import WebhookEndpoint
from access.webhooks.outbox import send_test


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ProjectScopedAdmin, CheckedSelectionAdmin):
    form = EndpointForm
    change_form_template = "admin/access/webhook_endpoint.html"
    list_display = ("url", "project", "state", "description", "failing", "created")
    list_filter = (("disabled_at", admin.EmptyFieldListFilter), BY_PROJECT)
    list_select_related = ("project",)
    search_fields = ("url", "description")
    actions = ("disable", "enable", "send_test")
    readonly_fields = ("state", "disabled_reason", "failing", "former_secret", "created", "id")

    created = time_column("created_at", gettext_lazy("Created"))
    failing = time_column("failing_since", gettext_lazy("Failing since"))
    former_secret = time_column("former_until", gettext_lazy("Previous secret valid until"))

    @admin.display(description=gettext_lazy("State"))
    def state(self, endpoint: WebhookEndpoint) -> str:
        return endpoint_pill(endpoint)

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        return (*EndpointForm.Meta.fields, *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        # In another project, the endpoint would send one organisation's events to another.
        return (*self.readonly_fields, "project") if obj else ()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        failed = self.get_queryset(request).exclude(disabled_at=None)
        count = failed.exclude(failing_since=None).count()
        if count and request.method == "GET":
            text = ngettext(
                "%d endpoint is disabled because its deliveries failed.",
                "%d endpoints are disabled because their deliveries failed.",
                count,
            )
            messages.warning(request, text % count)
        return super().changelist_view(request, extra_context)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # One form for new webhooks, on a page that shows the secret once.
        return redirect("new-webhook")

    def save_model(
        self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool
    ) -> None:
        # Only the changed fields: a worker may update the endpoint at the same time.
        obj.save_version(*form.changed_data)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # Without the deliveries: staff cannot delete them, but they go with their endpoint.
        listed, counted, _needed, protected = super().get_deleted_objects([], request)
        return [*listed, *map(str, objs)], counted, set(), protected

    @admin.action(permissions=["change"], description=gettext_lazy("Disable"))
    def disable(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> None:
        on = list(endpoints.filter(disabled_at=None))
        for endpoint in on:
            endpoint.disable(str(BY_HAND), timezone.now())
        text = ngettext("%d endpoint disabled.", "%d endpoints disabled.", len(on))
        report_counts(request, text % len(on), len(on), endpoints.count())

    @admin.action(permissions=["change"], description=gettext_lazy("Enable"))
    def enable(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> None:
        off = list(endpoints.exclude(disabled_at=None))
        for endpoint in off:
            endpoint.enable(timezone.now())
        text = ngettext("%d endpoint enabled.", "%d endpoints enabled.", len(off))
        report_counts(request, text % len(off), len(off), endpoints.count())

    @admin.action(permissions=["change"], description=gettext_lazy("Send a test event"))
    def send_test(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> None:
        on = list(endpoints.filter(disabled_at=None))
        for endpoint in on:
            send_test(endpoint, timezone.now())
        text = ngettext("%d test event queued.", "%d test events queued.", len(on))
        messages.success(request, text % len(on))
        if off := endpoints.count() - len(on):
            text = ngettext(
                "%d disabled endpoint was skipped.", "%d disabled endpoints were skipped.", off
            )
            messages.warning(request, text % off)

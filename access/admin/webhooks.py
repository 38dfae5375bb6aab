"""Webhook endpoints in the admin; a secret is shown only once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.admin.mixins import (
    BY_PROJECT,
    CheckedSelectionAdmin,
    ProjectScopedAdmin,
    report_counts,
    time_column,
)
from access.staff.markup import pill
from access.webhooks.models import OVERLAP, WebhookEndpoint, WebhookEventType
from access.webhooks.outbox import send_test

BY_HAND = gettext_lazy("Disabled by staff.")


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    event_types = forms.MultipleChoiceField(
        label=gettext_lazy("Event types"),
        choices=WebhookEventType,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=WebhookEndpoint._meta.get_field("event_types").help_text,
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("project", "url", "description", "event_types")


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
        if endpoint.disabled_at:
            return pill("revoked", _("Disabled"))
        return (
            pill("scheduled", _("Failing"))
            if endpoint.failing_since
            else pill("works", _("Active"))
        )

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        fields = EndpointForm.Meta.fields
        return (*fields, *self.readonly_fields) if obj else fields

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

    def save_model(
        self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool
    ) -> None:
        # Only the changed fields: a worker may update the endpoint at the same time.
        if change:
            obj.save_version(*form.changed_data)
        else:
            obj.save()

    def response_add(
        self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: Any = None
    ) -> HttpResponse:
        return self._secret_page(request, obj)

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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.rotate_view)
        name = "access_webhookendpoint_rotate"
        return [path("<uuid:endpoint_id>/rotate/", view, name=name), *super().get_urls()]

    def rotate_view(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Ask for confirmation; POST creates a new secret and shows it."""
        endpoint = self.get_queryset(request).filter(pk=endpoint_id).first()
        if endpoint is None:
            raise Http404
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        if request.method == "POST":
            endpoint.rotate(timezone.now())
            self.log_change(request, endpoint, _("Rotated the secret."))
            return self._secret_page(request, endpoint)
        return self._page(request, endpoint, "rotate_secret", _("Rotate the secret"))

    def _secret_page(self, request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
        # Not in a message, which a cookie or the database would store.
        return self._page(request, endpoint, "new_secret", _("Copy the new secret"))

    def _page(
        self, request: HttpRequest, endpoint: WebhookEndpoint, template: str, title: str
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "endpoint": endpoint,
            "hours": OVERLAP.total_seconds() // 3600,
        }
        return TemplateResponse(request, f"admin/access/{template}.html", context)

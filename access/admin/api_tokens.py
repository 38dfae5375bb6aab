"""API tokens in the admin; the secret is shown only once."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.admin.mixins import BY_PROJECT, CheckedSelectionAdmin, ProjectScopedAdmin, report_counts
from access.models import TOKEN_LIFE, ApiToken, Scope
from access.staff.markup import pill
from access.staff.time_fields import CalendarTimeField

SOON = timedelta(days=30)
STATES = {
    "revoked": _("Revoked"),
    "works": _("Active"),
    "warning": _("Expires soon"),
    "expired": _("Expired"),
    "off": _("Disabled"),
}


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=Scope,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=Scope.values,
    )

    # One input with a label, because Django's two inputs have none.
    expires_at = CalendarTimeField(
        label=_("Expires"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        initial=lambda: timezone.now() + TOKEN_LIFE,
        help_text=_("In the time zone of your preferences."),
    )
    never_expires = forms.BooleanField(label=_("Never expires"), required=False)

    class Meta:
        model = ApiToken
        fields = ("project", "name", "scopes", "allowed_networks", "expires_at", "never_expires")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["never_expires"] = self.instance.expires_at is None

    def clean_never_expires(self) -> bool:
        never = bool(self.cleaned_data["never_expires"])
        if never:
            self.cleaned_data["expires_at"] = None
        elif self.cleaned_data.get("expires_at", "") is None:
            self.add_error("expires_at", _("Enter a time, or select “Never expires”."))
        return never


class ExpiryFilter(admin.SimpleListFilter):
    title = _("expiry")
    parameter_name = "expires"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("soon", _("Within 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        return expiring_soon(queryset) if self.value() == "soon" else queryset


def expiring_soon(tokens: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
    """Return those that work and expire within 30 days."""
    now = timezone.now()
    working = tokens.filter(revoked_at=None, project__is_active=True)
    return working.filter(expires_at__gt=now, expires_at__lte=now + SOON)


@admin.register(ApiToken)
class ApiTokenAdmin(ProjectScopedAdmin, CheckedSelectionAdmin):
    form = TokenForm
    list_display = ("name", "prefix", "project", "state", "scopes", "last_used", "expires")
    list_filter = (ExpiryFilter, BY_PROJECT)
    list_select_related = ("project",)
    search_fields = ("name", "prefix")
    actions = ("revoke",)
    readonly_fields = ("state", "prefix", "created_at", "revoked_at", "last_used_at")

    @admin.display(description=_("State"))
    def state(self, token: ApiToken) -> str:
        state = _state(token)
        return pill(state, STATES[state])

    @admin.display(description=_("Last used (UTC)"), ordering="last_used_at")
    def last_used(self, token: ApiToken) -> str:
        return f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else str(_("never"))

    @admin.display(description=_("Expires (UTC)"), ordering="expires_at")
    def expires(self, token: ApiToken) -> str:
        return f"{token.expires_at:%Y-%m-%d %H:%M}" if token.expires_at else str(_("never"))

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        if obj is None:
            return TokenForm.Meta.fields
        # A user who only views the token gets no inputs.
        left_out = () if self.has_change_permission(request, obj) else ("never_expires",)
        shown = (name for name in TokenForm.Meta.fields if name not in left_out)
        return (*shown, *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        # In another project, the token would act for another organisation.
        return (*self.readonly_fields, "project") if obj else ()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        count = expiring_soon(self.get_queryset(request)).count()
        if count and request.method == "GET":
            text = ngettext(
                "%d token expires within 30 days. Create another one before.",
                "%d tokens expire within 30 days. Create other ones before.",
                count,
            )
            messages.warning(request, text % count)
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if not change:
            # For the next page only; no field stores the secret.
            obj.secret = obj.renew()  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: Any = None
    ) -> HttpResponse:
        # Not in a message, which a cookie or the database would store.
        context = {
            **self.admin_site.each_context(request),
            "title": _("Copy the new token"),
            "opts": self.opts,
            "token": obj,
        }
        return TemplateResponse(request, "admin/access/new_token.html", context)

    @admin.action(permissions=["change"], description=_("Revoke"))
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        total = tokens.count()
        changed = tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        text = ngettext("%d token revoked.", "%d tokens revoked.", changed)
        report_counts(request, text % changed, changed, total)


def _state(token: ApiToken) -> str:
    now = timezone.now()
    if token.revoked_at:
        return "revoked"
    if token.is_valid(now):
        return "warning" if token.expires_at and token.expires_at <= now + SOON else "works"
    return "expired" if token.project.is_active else "off"

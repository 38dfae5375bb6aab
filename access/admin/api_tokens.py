"""API tokens in the admin; a page of staff creates them (access/pages/tokens)."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from access.admin.mixins import (
    BY_PROJECT,
    CheckedSelectionAdmin,
    ProjectScopedAdmin,
    report_counts,
    time_column,
)
from access.models import ApiToken
from access.pages.tokens.forms import TokenForm
from access.pages.tokens.status import expiring_soon, rights_text, token_pill


class ExpiryFilter(admin.SimpleListFilter):
    title = _("expiry")
    parameter_name = "expires"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("soon", _("Within 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        return expiring_soon(queryset) if self.value() == "soon" else queryset


@admin.register(ApiToken)
class ApiTokenAdmin(ProjectScopedAdmin, CheckedSelectionAdmin):
    form = TokenForm
    list_display = ("name", "prefix", "project", "state", "rights", "last_used", "expires")
    list_filter = (ExpiryFilter, BY_PROJECT)
    list_select_related = ("project",)
    search_fields = ("name", "prefix")
    actions = ("revoke",)
    readonly_fields = (
        *("state", "prefix", "created", "created_by", "expires", "revoked"),
        *("last_used", "last_used_from"),
    )

    created = time_column("created_at", _("Created"))
    revoked = time_column("revoked_at", _("Revoked"))
    last_used = time_column("last_used_at", _("Last used"), never=_("never"))
    expires = time_column("expires_at", _("Expires"), never=_("never"))

    @admin.display(description=_("State"))
    def state(self, token: ApiToken) -> str:
        return token_pill(token)

    @admin.display(description=_("May use"))
    def rights(self, token: ApiToken) -> str:
        return rights_text(token)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        # A user who only views the token gets no inputs.
        can_change = self.has_change_permission(request, obj)
        left_out = {"expires"} if can_change else {"expiry", "expires_at"}
        names = (*TokenForm.Meta.fields, *self.readonly_fields)
        return tuple(name for name in names if name not in left_out)

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

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # One form for new tokens, on a page that shows the secret once.
        return redirect("new-token")

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        form.save_fields()

    @admin.action(permissions=["change"], description=_("Revoke"))
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        revoked = [token for token in tokens if token.revoke()]
        for token in revoked:
            self.log_change(request, token, gettext("Revoked."))
        text = ngettext("%d token revoked.", "%d tokens revoked.", len(revoked))
        report_counts(request, text % len(revoked), len(revoked), tokens.count())

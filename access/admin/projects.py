"""Projects and their tokens for the staff. A token's secret is on one page, once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

# What is imported here is in the admin: it looks for each app's admin.py, and no further.
from access.admin.mixins import BY_PROJECT, OfSeenProjects, ReadableSelection, tell
from access.models import ApiToken, Project, Scope, StaffLimit
from access.staff.limits import is_limited


@admin.register(Project)
class ProjectAdmin(OfSeenProjects, ReadableSelection):
    to_project = ""
    list_display = ("name", "id", "is_active", "requires_if_match", "created")
    list_filter = ("is_active", "requires_if_match")
    search_fields = ("name",)
    fields = ("name", "id", "is_active", "requires_if_match", "created")
    readonly_fields = ("id", "created")
    actions = ("disable", "enable")

    @admin.display(description=_("Created (UTC)"), ordering="created_at")
    def created(self, project: Project) -> str:
        return f"{project.created_at:%Y-%m-%d %H:%M}"

    @admin.action(permissions=["change"], description=_("Disable"))
    def disable(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        self._switch(request, projects, False, "disabled")

    @admin.action(permissions=["change"], description=_("Enable"))
    def enable(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        self._switch(request, projects, True, "enabled")

    def _switch(self, request: HttpRequest, projects: Any, on: bool, done: str) -> None:
        total = projects.count()
        changed = projects.filter(is_active=not on).update(is_active=on)
        tell(request, "project", done, changed, total)


class StaffLimitInline(admin.StackedInline):  # type: ignore[type-arg]
    model = StaffLimit
    verbose_name_plural = _("Limit to projects: without one, this person sees all")


admin.site.unregister(get_user_model())


@admin.register(get_user_model())
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]
    """People, and what they see. Who is limited manages nobody: they could lift their limit."""

    inlines = (StaffLimitInline,)
    # Plain lists: Django's boxes with filters have labels that screen readers cannot read.
    filter_horizontal = ()
    # Facts, and two inputs each that no label names.
    readonly_fields = ("last_login", "date_joined")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and not is_limited(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not is_limited(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not is_limited(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_limited(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_limited(request.user)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        # A person is made first, with a password; the rest follows on the next page.
        return self.inlines if obj else ()


admin.site.unregister(Group)


@admin.register(Group)
class StaffGroupAdmin(GroupAdmin):
    filter_horizontal = ()


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        choices=Scope, required=False, widget=forms.CheckboxSelectMultiple, initial=Scope.values
    )

    # One input, which a label can name; Django's two have none of their own.
    expires_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In the time zone that pages are shown in."),
    )

    class Meta:
        model = ApiToken
        fields = ("project", "name", "scopes", "allowed_networks", "expires_at")


@admin.register(ApiToken)
class ApiTokenAdmin(OfSeenProjects, ReadableSelection):
    form = TokenForm
    list_display = ("name", "prefix", "project", "state", "scopes", "last_used", "expires")
    list_filter = (BY_PROJECT,)
    list_select_related = ("project",)
    search_fields = ("name", "prefix")
    actions = ("revoke",)
    readonly_fields = ("state", "prefix", "created_at", "revoked_at", "last_used_at")

    @admin.display(description=_("State"))
    def state(self, token: ApiToken) -> str:
        state = _state(token)
        return format_html('<span class="pill pill-{}">{}</span>', state, state.capitalize())

    @admin.display(description=_("Last used (UTC)"), ordering="last_used_at")
    def last_used(self, token: ApiToken) -> str:
        return f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else str(_("never"))

    @admin.display(description=_("Expires (UTC)"), ordering="expires_at")
    def expires(self, token: ApiToken) -> str:
        return f"{token.expires_at:%Y-%m-%d %H:%M}" if token.expires_at else str(_("never"))

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        return (*TokenForm.Meta.fields, *self.readonly_fields) if obj else TokenForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        # A token that changed hands would act for another organisation.
        return (*self.readonly_fields, "project") if obj else ()

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if not change:
            # For the one page that shows it; no field keeps it.
            obj.secret = obj.renew()  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: Any = None
    ) -> HttpResponse:
        # On this page and in no message: a message would wait in a cookie or in the database.
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
        tell(request, "token", "revoked", changed, total)


def _state(token: ApiToken) -> str:
    now = timezone.now()
    if token.revoked_at:
        return "revoked"
    if token.works(now):
        return "works"
    return "expired" if token.project.is_active else "off"

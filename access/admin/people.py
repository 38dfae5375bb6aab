"""Staff accounts, and the projects that each of them is limited to."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from access.admin.mixins import CheckedSelectionAdmin, time_column
from access.credentials.staff_sessions import end_staff_sessions
from access.models import StaffLimit
from access.staff.limits import is_limited


class StaffLimitForm(forms.ModelForm):  # type: ignore[type-arg]
    all_projects = forms.TypedChoiceField(
        label=_("Projects"),
        choices=[(False, _("Only these projects")), (True, _("All projects"))],
        coerce=lambda text: text == "True",
        widget=forms.RadioSelect,
        initial=False,
    )

    def has_changed(self) -> bool:
        # A user without a row sees every project, so the form always stores one.
        return True


class StaffLimitFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        arguments = super().get_form_kwargs(index)
        if self.instance.pk and not self.initial_form_count():
            return {**arguments, "initial": {"all_projects": True}}
        return arguments


class StaffLimitInline(admin.StackedInline):  # type: ignore[type-arg]
    model = StaffLimit
    form, formset = StaffLimitForm, StaffLimitFormSet
    min_num = max_num = 1
    can_delete = False
    verbose_name_plural = _("Project limit")


admin.site.unregister([get_user_model(), Group])


# A user could give rights with these fields.
RIGHTS = {"is_superuser", "groups", "user_permissions"}
# Times of Django's form, and the columns that show them.
COLUMNS = {"last_login": "last_sign_in", "date_joined": "joined"}


class _PeopleAdmin(CheckedSelectionAdmin):
    """Limited staff cannot manage users and groups, or they could lift their own limit."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and not is_limited(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not is_limited(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self.may_change(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.may_change(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.may_change(request.user, obj)

    def may_change(self, user: Any, obj: Any = None) -> bool:
        """Return whether `user`, who holds the permission, may change `obj` or create rows."""
        raise NotImplementedError


@admin.register(get_user_model())
class StaffAdmin(_PeopleAdmin, UserAdmin):  # type: ignore[type-arg]
    """Staff accounts and their project limits.

    Only superusers see and give rights, and only they change superusers.
    """

    inlines = (StaffLimitInline,)
    # Plain lists, because screen readers cannot read the labels of Django's filter boxes.
    filter_horizontal = ()
    # Read-only, because Django's two inputs for each have no labels.
    readonly_fields = ("last_sign_in", "joined")
    actions = ("sign_out",)

    last_sign_in = time_column("last_login", _("Last sign-in"), never=_("never"))
    joined = time_column("date_joined", _("Created"))

    def may_change(self, user: Any, obj: Any = None) -> bool:
        is_above = obj is not None and obj.is_superuser and not user.is_superuser
        return not is_above and not is_limited(user)

    @admin.action(permissions=["sign_out"], description=_("Sign out everywhere"))
    def sign_out(self, request: HttpRequest, people: QuerySet[Any]) -> None:
        ended = sum(end_staff_sessions(person, by=request.user) for person in people)
        for person in people:
            self.log_change(request, person, gettext("Signed out everywhere."))
        text = ngettext("%d sign-in ended.", "%d sign-ins ended.", ended)
        messages.success(request, text % ended)

    def has_sign_out_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = [
            (name, {**options, "fields": [COLUMNS.get(str(one), one) for one in options["fields"]]})
            for name, options in super().get_fieldsets(request, obj)
        ]
        if request.user.is_superuser:
            return fieldsets
        return [
            (name, {**options, "fields": _without_rights(options["fields"])})
            for name, options in fieldsets
        ]


def _without_rights(fields: Any) -> list[str]:
    return [name for name in fields if name not in RIGHTS]


@admin.register(Group)
class StaffGroupAdmin(_PeopleAdmin, GroupAdmin):
    """Groups give rights to their members, so only superusers change them."""

    filter_horizontal = ()

    def may_change(self, user: Any, obj: Any = None) -> bool:
        return bool(user.is_superuser)

"""Staff accounts, and the projects that each of them is limited to."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.models import StaffLimit
from access.staff.limits import is_limited


class StaffLimitInline(admin.StackedInline):  # type: ignore[type-arg]
    model = StaffLimit
    verbose_name_plural = _("Project limit (without one, the user sees all projects)")


admin.site.unregister([get_user_model(), Group])


@admin.register(get_user_model())
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]
    """Staff accounts and their project limits.

    Limited staff cannot manage users, or they could lift their own limit.
    """

    inlines = (StaffLimitInline,)
    # Plain lists, because screen readers cannot read the labels of Django's filter boxes.
    filter_horizontal = ()
    # Read-only, because Django's two inputs for each have no labels.
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
        # The first page creates the account with a password; limits follow on the next page.
        return self.inlines if obj else ()


@admin.register(Group)
class StaffGroupAdmin(GroupAdmin):
    filter_horizontal = ()

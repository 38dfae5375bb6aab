"""The record of sign-ins in the admin: read-only, and for superusers."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.admin.change_list import CheckedListAdmin
from access.admin.mixins import ReadOnly, time_column
from access.credentials.sign_ins import SignInOutcome, SignInRecord
from access.staff.markup import pill

PILLS = {SignInOutcome.SIGNED_IN: "works", SignInOutcome.REFUSED: "revoked"}


@admin.register(SignInRecord)
class SignInRecordAdmin(CheckedListAdmin, ReadOnly):
    """A refused row may have a password that a user typed as the username."""

    list_display = ("time", "username", "address", "result")
    list_filter = ("outcome",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("=username", "=address")
    search_help_text = _("A username or an address.")
    fields = readonly_fields = ("time", "username", "user", "address", "result")

    time = time_column("at", _("Time"), ordering="id")

    @admin.display(description=_("Result"), ordering="outcome")
    def result(self, record: SignInRecord) -> str:
        return pill(PILLS[SignInOutcome(record.outcome)], record.get_outcome_display())

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

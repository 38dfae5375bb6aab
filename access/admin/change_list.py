"""Lists of Django's admin whose filters the database may be unable to evaluate."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError, ProgrammingError, transaction
from django.http import HttpRequest

# The errors of lookups with valid syntax: a year of eleven digits, an operator of another type.
UNABLE = (ArithmeticError, TypeError, ValueError, NotImplementedError, DataError, ProgrammingError)


class CheckedChangeList(ChangeList):
    """Redirects to ?e=1 for every filter that cannot be evaluated.

    Django does so for errors in building the query, and returns 500 for errors in running it.
    """

    def get_results(self, request: HttpRequest) -> None:
        if not self.get_filters_params():
            super().get_results(request)
            return
        try:
            # On PostgreSQL an error ends the transaction, so it gets one of its own.
            with transaction.atomic():
                super().get_results(request)
        except UNABLE as wrong:
            raise IncorrectLookupParameters(wrong) from wrong


class CheckedListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic to the stubs only
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CheckedChangeList

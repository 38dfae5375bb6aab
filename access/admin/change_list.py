"""Lists of Django's admin whose filters are limited to those that the list offers."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError, ProgrammingError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst

# The errors of lookups with valid syntax: a year of eleven digits, an operator of another type.
UNABLE = (ArithmeticError, TypeError, ValueError, NotImplementedError, DataError, ProgrammingError)


class UnknownFilters(Exception):
    """The address has lookups that no filter of the list has."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)


class CheckedChangeList(ChangeList):
    """Refuses lookups without a filter, and redirects to ?e=1 for values that cannot be evaluated.

    Django evaluates every lookup of a field: a regular expression can take seconds. It redirects
    for errors in building the query, and returns 500 for errors in running it.
    """

    model_admin: "CheckedListAdmin"

    def get_filters(self, request: HttpRequest) -> Any:
        found = super().get_filters(request)
        # Each filter has taken its own lookups out of these.
        rest = set(found[2]) & set(self.get_filters_params())
        if unknown := rest - set(self.model_admin.linked_lookups):
            raise UnknownFilters(unknown)
        return found

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
    # Lookups without a filter that other pages link to.
    linked_lookups: ClassVar[tuple[str, ...]] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CheckedChangeList

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        if not super().lookup_allowed(lookup, value, request):
            raise UnknownFilters([lookup])
        return True

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except UnknownFilters as unknown:
            return render(request, "errors/filters.html", {"names": unknown.names}, status=400)

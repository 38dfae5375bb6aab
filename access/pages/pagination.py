"""Keyset pagination for the lists on pages."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from access.api.keyset import Page, Position

ON_A_PAGE = 50


def page_of(
    request: HttpRequest, rows: QuerySet[Any], size: int = ON_A_PAGE
) -> tuple[Page, dict[str, Any]]:
    """Return the page of `rows` that the address names, and the context of includes/_pages.html.

    For an unknown page, this is the first one, with a message.
    """
    token = request.GET.get("page", "")
    try:
        page = Page.of(rows, Position.read(token) if token else None, size)
    except ValueError:
        messages.warning(request, gettext("This page does not exist. Showing the first page."))
        page = Page.of(rows, None, size)
    return page, {"page": page, "kept": _kept(request)}


def _kept(request: HttpRequest) -> str:
    """Return the query without the page, for links to other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()

"""Links that a page shows only to users who may open them."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django import template
from django.urls import URLPattern, get_resolver, reverse
from django.utils.http import urlencode

from access.staff.addresses import address_of
from access.staff.compiled_rows import RowTemplate

register = template.Library()

# As {% url %}, for the page of one object.
register.simple_tag(address_of)


PAGE_LINK = RowTemplate("includes/_page_link.html", "url", "text")
NAV_LINK = RowTemplate("includes/_nav_link.html", "url", "text")


@register.simple_tag(takes_context=True)
def page_link(
    context: Any,
    text: str,
    page: str,
    *args: Any,
    style: str = "",
    shortcut: str = "",
    or_text: bool = False,
    **query: Any,
) -> str:
    """Render a link to the view named `page`; without permission, nothing or the text alone.

    `style` makes it a button, and `query` is appended to the address.
    """
    url = address_for(context["user"], page, args)
    if not url:
        return text if or_text else ""
    if query:
        url = f"{url}?{urlencode(query)}"
    return PAGE_LINK.fill({"url": url, "text": text}, style=style, shortcut=shortcut)


@register.simple_tag(takes_context=True)
def nav_link(context: Any, text: str, page: str, name: str, shortcut: str) -> str:
    """Render an entry of the main menu: the current one if the page's `here` is `name`."""
    url = address_for(context["user"], page, ())
    if not url:
        return ""
    is_current = context.get("here") == name
    return NAV_LINK.fill({"url": url, "text": text}, shortcut=shortcut, is_current=is_current)


def address_for(user: Any, page: str, args: tuple[Any, ...]) -> str:
    """Return the address of a view if `user` has the permissions that staff_page() demands."""
    if page not in _permissions() or not user.has_perms(_permissions()[page]):
        return ""
    if len(args) > 1:
        return reverse(page, args=args)
    return address_of(page, *args) if args else _address(page)


# Every page has the links of the menu.
@cache
def _address(page: str) -> str:
    return reverse(page)


@cache
def _permissions() -> dict[str, tuple[str, ...]]:
    """Return the permissions that each view demands, by the name of its page."""
    found = _patterns(get_resolver().url_patterns)
    return {one.name: getattr(one.callback, "permissions", ()) for one in found if one.name}


def _patterns(entries: list[Any]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield entry
        elif not entry.namespace:
            yield from _patterns(entry.url_patterns)

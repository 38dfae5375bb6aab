"""Links that a page shows only to users who may open them."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django import template
from django.urls import URLPattern, get_resolver, reverse
from django.utils.http import urlencode

from access.staff.addresses import address_of

register = template.Library()

# As {% url %}, for the page of one object.
register.simple_tag(address_of)


@register.inclusion_tag("includes/_page_link.html", takes_context=True)
def page_link(
    context: Any,
    text: str,
    page: str,
    *args: Any,
    style: str = "",
    shortcut: str = "",
    or_text: bool = False,
    **query: Any,
) -> dict[str, Any]:
    """Render a link to the view named `page`; without permission, nothing or the text alone.

    `style` makes it a button, and `query` is appended to the address.
    """
    url = address_for(context["user"], page, args)
    if url and query:
        url = f"{url}?{urlencode(query)}"
    return {"text": text, "url": url, "style": style, "shortcut": shortcut, "or_text": or_text}


@register.inclusion_tag("includes/_nav_link.html", takes_context=True)
def nav_link(context: Any, text: str, page: str, name: str, shortcut: str) -> dict[str, Any]:
    """Render an entry of the main menu: the current one if the page's `here` is `name`."""
    link = page_link(context, text, page, shortcut=shortcut)
    return {**link, "is_current": context.get("here") == name}


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

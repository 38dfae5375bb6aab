"""Links that a page shows only to users who may open them."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.http import urlencode

register = template.Library()


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
    try:
        url = reverse(page, args=args)
    except NoReverseMatch:
        # The app of the page is not installed.
        return ""
    permissions = getattr(resolve(url).func, "permissions", ())
    return url if user.has_perms(permissions) else ""

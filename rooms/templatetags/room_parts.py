"""What the templates of a room's pages need and Django's language lacks."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(found: Mapping[str, Any] | None, name: str) -> Any:
    """Return what a mapping holds by a name that is known only while drawing."""
    return (found or {}).get(name)


@register.filter
def in_zone(name: str) -> bool:
    return name in ("join_from", "join_until", "remove_at")


@register.simple_tag
def percent(number: float) -> str:
    """Return a place in a drawing: "12.5%", in every language with a point."""
    return f"{number:g}%"

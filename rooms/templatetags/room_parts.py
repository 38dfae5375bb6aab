"""Filters for the pages of one room."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from rooms.display.previews import live_picture
from rooms.display.timeline import Bar
from rooms.display.values import label
from rooms.rules.join_policy import SCHEDULE

register = template.Library()


@register.filter
def item(found: Mapping[str, Any] | None, name: str) -> Any:
    """Return an item of a mapping whose name is a variable of the template."""
    return (found or {}).get(name)


register.filter("setting", label)
register.simple_tag(live_picture)


@register.filter
def is_time(name: str) -> bool:
    return name in SCHEDULE


@register.simple_tag
def percent(number: float) -> str:
    """Return a position in SVG, with a point in every language: "12.5%"."""
    return f"{number:g}%"


@register.simple_tag
def drawn(bar: Bar) -> SafeString:
    """Render the attributes of SVG that place a bar."""
    return SafeString(f'x="{bar.left:g}%" width="{bar.width:g}%"')

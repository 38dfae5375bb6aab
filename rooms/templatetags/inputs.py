"""The settings of a form: their inputs, and the hint beside each of them.

A page has twenty of them, so their templates are compiled (docs/adr/0047-compiled-templates.md).
"""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from access.staff.compiled_rows import RowTemplate
from access.staff.times import time_tag
from rooms.display.ignored_settings import ignored_note
from rooms.display.layout_pictures import layout_choices

register = template.Library()

SETTING = ("id", "label", "name", "input", "help_text", "hint")
INPUT = RowTemplate("rooms/room/_input.html", *SETTING, "zone")
SWITCH = RowTemplate("rooms/room/_switch.html", *SETTING)
SAME = RowTemplate("rooms/room/_same.html", "time", "away", "words")
NOT_SET = RowTemplate("rooms/room/_not_set.html")


@register.simple_tag(takes_context=True)
def setting_input(context: Any, field: Any, hint: Any = None, zoned: bool = False) -> SafeString:
    """Render one setting: label, input, help, and beside it what its value says."""
    values = {**_values(field, hint, zoned), "zone": context["form"].time_zone if zoned else ""}
    return INPUT.fill(values, is_wrong=bool(field.errors), zoned=zoned)


@register.simple_tag
def setting_switch(field: Any) -> SafeString:
    """Render one setting that is on or off."""
    return SWITCH.fill(_values(field, None, False), is_wrong=bool(field.errors))


def _values(field: Any, hint: Any, zoned: bool) -> dict[str, Any]:
    return {
        "id": field.id_for_label,
        "label": field.label,
        "name": field.name,
        "input": field.as_widget(),
        "help_text": field.help_text,
        "hint": field_hint(field, hint, zoned),
    }


@register.simple_tag
def field_hint(field: Any, hint: Any = None, zoned: bool = False) -> str:
    """Render what the value of a field says, or why it is refused."""
    note = ignored_note(field.name)
    same = _same(field, hint, zoned)
    if not (field.errors or note or (hint and hint.choices)):
        return same
    found = {"field": field, "hint": hint, "same": same, "note": note}
    return render_to_string("rooms/room/_field_hint.html", found)


def _same(field: Any, hint: Any, zoned: bool) -> SafeString:
    """Render the value in words, if the field has a value that needs them."""
    if hint and hint.words:
        time = time_tag(hint.moment) if hint.moment else ""
        values = {"time": time, "away": hint.away, "words": hint.words}
        return SAME.fill(values, is_time=bool(hint.moment))
    return NOT_SET.fill({}) if zoned and not field.errors else SafeString("")


register.simple_tag(layout_choices)

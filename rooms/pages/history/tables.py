"""All fields of a change as a table, written without a template: a page shows hundreds of them."""

from functools import cache

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from rooms.display.values import Moved
from rooms.models.history import Action
from rooms.templatetags.times import as_value


def table_of(action: str, fields: list[Moved]) -> SafeString:
    """Return the fields before and after a change; a new or deleted room has one of them."""
    heads = "".join(f'<th scope="col">{head}</th>' for head in _heads(action, get_language()))
    rows = "".join(_row(action, field) for field in fields)
    table = f'<table class="moved"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return SafeString(table)


def _row(action: str, field: Moved) -> str:
    before = "" if action == Action.CREATED else f"<td>{as_value(field.before)}</td>"
    after = "" if action == Action.DELETED else f"<td>{as_value(field.after)}</td>"
    return f'<tr><th scope="row">{escape(field.label)}</th>{before}{after}</tr>'


@cache
def _heads(action: str, _language: str | None) -> list[str]:
    if action == Action.CREATED:
        heads = [gettext("Field"), gettext("Initial settings")]
    elif action == Action.DELETED:
        heads = [gettext("Field"), gettext("Last settings")]
    else:
        heads = [gettext("Field"), gettext("Before"), gettext("After")]
    return [escape(head) for head in heads]

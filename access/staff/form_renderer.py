"""Renders the frequent widgets of forms without templates: a page of a room has twenty of them.

The HTML is that of Django's templates (django/forms/templates), which render all other widgets.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

FOLDER = "django/forms/widgets"
OPTION = f"{FOLDER}/select_option.html"
INPUTS = ("text", "number", "email", "url", "hidden", "password", "date", "datetime", "time")


class QuickFormRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> Any:
        write = WRITERS.get(template_name)
        if write is None or _has_other_options(context["widget"]):
            return super().render(template_name, context, request)
        return SafeString("".join(write(context["widget"])))


def _has_other_options(widget: Mapping[str, Any]) -> bool:
    groups = widget.get("optgroups", ())
    return any(one["template_name"] != OPTION for _, options, _ in groups for one in options)


def _text(value: Any) -> str:
    """Return a value as a template shows it."""
    return conditional_escape(localize(value))


def _attribute(value: Any) -> str:
    return conditional_escape(value if isinstance(value, str) else str(value))


def _attributes(widget: Mapping[str, Any]) -> Iterator[str]:
    for name, value in widget["attrs"].items():
        if value is True:
            yield f" {_text(name)}"
        elif value is not False:
            yield f' {_text(name)}="{_attribute(value)}"'


def _input(widget: Mapping[str, Any]) -> Iterator[str]:
    yield f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"'
    if widget["value"] is not None:
        yield f' value="{_attribute(widget["value"])}"'
    yield from _attributes(widget)
    yield ">"


def _textarea(widget: Mapping[str, Any]) -> Iterator[str]:
    yield f'<textarea name="{_text(widget["name"])}"'
    yield from _attributes(widget)
    yield f">\n{_text(widget['value'] or '')}</textarea>"


def _select(widget: Mapping[str, Any]) -> Iterator[str]:
    yield f'<select name="{_text(widget["name"])}"'
    yield from _attributes(widget)
    yield ">"
    for group, options, _ in widget["optgroups"]:
        yield f'<optgroup label="{_text(group)}">' if group else ""
        for option in options:
            yield f'<option value="{_attribute(option["value"])}"'
            yield from _attributes(option)
            yield f">{_text(option['label'])}</option>\n"
        yield "</optgroup>" if group else ""
    yield "</select>"


WRITERS: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    **{f"{FOLDER}/{name}.html": _input for name in (*INPUTS, "checkbox", "input")},
    f"{FOLDER}/textarea.html": _textarea,
    f"{FOLDER}/select.html": _select,
}

"""Templates of rows, rendered once and then filled with the values of each row.

A row's template is a plain Django template. It is rendered once for each language and variant,
with a random mark in the place of each value; docs/adr/0047-compiled-templates.md has the reasons.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Only lower-case letters and digits, which escaping keeps.
_SECRET = secrets.token_hex(16)
_MARK = re.compile(rf"x{_SECRET}x(\w+)x{_SECRET}x")
# A template that changes a value, or shows it only sometimes, renders these otherwise.
_PROBES = (
    None,
    "",
    SafeString("<i>Q&amp;A</i>"),
    'ÄÖ <b>"it\'s"</b> & 100% %(name)s {{ name }} \\1 \n https://a.example/?b=1&c=2 ' * 5,
)


class NotCompilable(Exception):
    """A template does more with a value than to show it."""


class RowTemplate:
    """A template whose `values` are only shown; the keywords of fill() are its variant.

    The template may use no other variable, and must not depend on the time or the time zone.
    """

    def __init__(self, name: str, *values: str) -> None:
        self.name, self.values = name, values

    def fill(self, values: Mapping[str, Any], **variant: Hashable) -> SafeString:
        """Return one row; every value is escaped, unless it is a SafeString."""
        return self.filler(**variant)(values)

    def filler(self, **variant: Hashable) -> Callable[[Mapping[str, Any]], SafeString]:
        """Return fill() for many rows of one variant."""
        pattern = _pattern(self.name, self.values, tuple(variant.items()), get_language())
        return lambda values: SafeString(
            pattern % {name: _escaped(value) for name, value in values.items()}
        )


def _escaped(value: Any) -> str:
    if type(value) is SafeString:
        return value
    return escape(value if type(value) is str else str(value))


@lru_cache(maxsize=1024)
def _pattern(
    name: str, values: tuple[str, ...], variant: tuple[tuple[str, Hashable], ...], _language: str
) -> str:
    """Return the template as a format string. Raises NotCompilable."""
    marks = {value: _Mark(f"x{_SECRET}x{value}x{_SECRET}x") for value in values}
    parts = _MARK.split(_rendered(name, {**dict(variant), **marks}))
    # Texts are at even places, and names of values between them.
    places = (f"%({part})s" if i % 2 else part.replace("%", "%%") for i, part in enumerate(parts))
    pattern = "".join(places)
    if read := sorted(value for value, mark in marks.items() if mark.is_read):
        raise NotCompilable(f"{name} reads {', '.join(read)}: name it in the variant.")
    for probe in _PROBES:
        found = _rendered(name, {**dict(variant), **dict.fromkeys(values, probe)})
        if found != pattern % dict.fromkeys(values, _escaped(probe)):
            raise NotCompilable(f"{name} changes a value, which must be shown as it is.")
    return pattern


def _rendered(name: str, variables: dict[str, Any]) -> str:
    context = _NamedOnly(variables)
    template: Any = get_template(name)
    text: str = template.template.render(context)
    if context.unnamed:
        raise NotCompilable(f"{name} uses {', '.join(context.unnamed)}, which no row has.")
    return text


class _NamedOnly(Context):
    """Notes variables without a value, which Django renders as nothing."""

    def __init__(self, variables: dict[str, Any]) -> None:
        super().__init__(variables)
        self.unnamed: list[str] = []

    def __contains__(self, name: Any) -> bool:
        is_named: bool = super().__contains__(name)
        # A loop asks whether it is in another one.
        if not is_named and name != "forloop":
            self.unnamed.append(name)
        return is_named

    def __getitem__(self, name: Any) -> Any:
        if name in self:
            return super().__getitem__(name)
        raise KeyError(name)

    def get(self, name: Any, otherwise: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return otherwise


class _Mark(SafeString):
    """Stands for a value, and notes each question that a template asks about it.

    An exception would not do, because {% if %} ignores the exceptions of its operators. It is a
    SafeString as texts in templates are: then Python lets this class compare the two.
    """

    is_read = False


def _noting(method: str) -> Any:
    def noted(self: _Mark, *arguments: Any) -> Any:
        self.is_read = True
        return getattr(str, method)(self, *arguments)

    return noted


for _method in ("len", "eq", "ne", "lt", "le", "gt", "ge", "hash", "contains", "iter", "getitem"):
    setattr(_Mark, f"__{_method}__", _noting(f"__{_method}__"))

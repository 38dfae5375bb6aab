"""Widgets are rendered without templates as Django's templates render them."""

import re
from datetime import date, datetime

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from access.staff.form_renderer import QuickFormRenderer

VALUES = ("", "x", '<b>"it\'s"</b> & %s {{ name }}', "\n a \n", SafeString("<i>"), None, 0, 1234.5)
ATTRIBUTES = (
    {},
    {"id": "id_a", "required": True, "disabled": False, "min": 1, "max": 1234.5, "class": "a b"},
    {"aria-label": gettext_lazy("Room"), "title": "<b>\"'&", "data-x": None, "data-<": "x"},
)
CHOICES = (("", "—"), ("x", gettext_lazy("Room")), ("<b>", SafeString("<i>")), (0, 1234.5))
GROUPED = (("A & B", CHOICES), ("y", "z"))
INPUTS = (
    *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.HiddenInput),
    *(forms.PasswordInput, forms.Textarea, forms.CheckboxInput, forms.DateTimeInput),
    *(forms.DateInput, forms.TimeInput, forms.FileInput, forms.NullBooleanSelect),
)
SELECTS = (forms.Select, forms.SelectMultiple, forms.RadioSelect, forms.CheckboxSelectMultiple)


def widgets():
    for attributes in ATTRIBUTES:
        for kind in INPUTS:
            yield kind(attributes)
        yield from (kind(attributes, choices) for kind in SELECTS for choices in (CHOICES, GROUPED))


def without_space(html):
    # Only <textarea> has significant space.
    return html if "<textarea" in html else re.sub(r"\s*(<[^>]*>)\s*", r"\1", html)


def test_widgets_are_those_of_django():
    quick, plain = QuickFormRenderer(), DjangoTemplates()
    for language in ("en", "de"):
        with override(language):
            for widget in widgets():
                for value in (*VALUES, date(2030, 1, 2), datetime(2030, 1, 2, 3, 4), True):
                    html = widget.render("a<b", value, renderer=quick)
                    expected = widget.render("a<b", value, renderer=plain)
                    assert without_space(html) == without_space(expected), (widget, value)

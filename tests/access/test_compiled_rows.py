"""Rows of compiled templates: the same as Django renders, or refused."""

import pytest
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from access.staff import compiled_rows
from access.staff.compiled_rows import NotCompilable, RowTemplate
from tests.support.templates import templates

MARKS = [f"x{compiled_rows._SECRET}x{name}x{compiled_rows._SECRET}x" for name in "ab"]
HOSTILE = ["%", "%s", "%(a)s", "%%(b)s", "{{ b }}", "<script>", "\"'&", "\\1", "\0", *MARKS]
TEXTS = st.lists(st.one_of(st.text(), st.sampled_from(HOSTILE)), max_size=6).map("".join)
ROW = """{% load i18n %}100 % of %(a)s <td title="{{ a }}">{{ b }}</td>
{% if is_live %}<b>{% translate "Live" %}</b>{% endif %}
{% for word in words %}{{ word }}{{ a }}{% endfor %}
{% blocktranslate with name=b %}History of {{ name }}{% endblocktranslate %}"""
# Templates that ask about the value `a`, change it, or use a variable that no row has.
REFUSED = (
    "{% if a %}x{% endif %}",
    "{% if not a %}x{% endif %}",
    "{% if a == 'open' %}x{% endif %}",
    "{% if 'open' != a %}x{% endif %}",
    "{% if a in 'open' %}x{% endif %}",
    "{% if 'o' in a %}x{% endif %}",
    "{% if a > 'o' %}x{% endif %}",
    "{% if a is None %}x{% endif %}",
    "{% if is_live and a %}x{% endif %}",
    "{% for one in a %}x{% endfor %}",
    "{% with b=a %}{% if b %}x{% endif %}{% endwith %}",
    "{% firstof a 'x' %}",
    "{{ a.0 }}",
    "{{ a|length }}",
    "{{ a|upper }}",
    "{{ a|lower }}",
    "{{ a|default:'x' }}",
    "{{ a|default_if_none:'x' }}",
    "{{ a|yesno }}",
    "{{ a|safe }}",
    "{{ a|force_escape|upper }}",
    "{{ a|truncatechars:20 }}",
    "{{ a|urlencode }}",
    "{{ a|linebreaksbr }}",
    "{{ a|striptags }}",
    "{{ a|slugify }}",
    "{% autoescape off %}{{ a }}{% endautoescape %}",
    "{% filter upper %}{{ a }}{% endfilter %}",
    "{{ unnamed }}",
    "{% if unnamed %}x{% endif %}",
    "{% load i18n %}{% blocktranslate %}History of {{ unnamed }}{% endblocktranslate %}",
    "{% csrf_token %}",
)


@pytest.fixture(scope="module")
def row():
    with templates({"row.html": ROW}):
        yield RowTemplate("row.html", "a", "b")


def plain(variables):
    return get_template("row.html").template.render(Context(variables))


@given(a=TEXTS, b=TEXTS, is_live=st.booleans())
def test_row_is_what_django_renders(row, a, b, is_live):
    values, variant = {"a": a, "b": b}, {"is_live": is_live, "words": ("%s", "<i>")}

    assert row.fill(values, **variant) == plain({**values, **variant})


def test_value_is_escaped_unless_it_is_safe(row):
    filled = row.fill({"a": SafeString("<b>"), "b": "<b>"}, is_live=False, words=())

    assert '<td title="<b>">&lt;b&gt;</td>' in filled
    assert isinstance(filled, SafeString)


def test_each_language_has_its_own_texts(row):
    texts = {}
    for language in ("en", "de", "en"):
        with override(language):
            texts[language] = row.fill({"a": "", "b": "x"}, is_live=True, words=())

    assert "History of x" in texts["en"]
    assert "Verlauf von x" in texts["de"]


def test_template_that_does_more_than_show_a_value_is_refused():
    accepted = []
    for source in REFUSED:
        with templates({"row.html": source}):
            try:
                RowTemplate("row.html", "a").fill({"a": "x"}, is_live=True)
            except NotCompilable:
                continue
        accepted.append(source)

    assert accepted == []

"""The loader of templates renders constant parts once for each language."""

from django.template import Context, Engine
from django.template.base import TextNode
from django.template.loader import get_template
from django.utils.translation import override

from tests.support.templates import templates

CONSTANT = (
    ("{% translate 'Rooms' %}", "Rooms", "Räume"),
    ("{% blocktranslate trimmed %} Rooms {% endblocktranslate %}", "Rooms", "Räume"),
    ("{% url 'history' %}", "/history", "/history"),
    ("a{% comment %}x{% endcomment %}{# y #}b", "ab", "ab"),
)
HISTORY_OF = "{% blocktranslate %}History of {{ name }}{% endblocktranslate %}"
# These depend on the context, or on more than the active language.
OTHER = (
    ("{% translate name %}", "Rooms", "Räume"),
    ("{% translate 'Rooms'|lower %}", "rooms", "räume"),
    ("{% translate 'Rooms' as text %}{{ text }}", "Rooms", "Räume"),
    (HISTORY_OF, "History of Rooms", "Verlauf von Rooms"),
    ("{% url page %}", "/history", "/history"),
    ("{% url 'revert-page' 7 %}", "/history/7/revert", "/history/7/revert"),
    ("{% url 'no-page' as address %}[{{ address }}]", "[]", "[]"),
    ("{% if name == 'x' %}{% url 'no-page' %}{% endif %}", "", ""),
    ("{% if name == 'x' %}{% static 'no-file.css' %}{% endif %}", "", ""),
    ("{% language 'de' %}{% translate 'Rooms' %}{% endlanguage %}", "Räume", "Räume"),
)


def rendered(source, language):
    with templates({"page.html": "{% load i18n static %}" + source}), override(language):
        found = get_template("page.html").template
        return found, found.render(Context({"name": "Rooms", "page": "history"}))


def test_constant_parts_are_text_in_the_language_of_the_page():
    for source, *texts in CONSTANT:
        for language, text in zip(("en", "de"), texts, strict=True):
            found, html = rendered(source, language)
            assert html == text, source
            assert [type(node) for node in found.nodelist] == [TextNode], source


def test_other_parts_are_rendered_each_time():
    for source, *texts in OTHER:
        for language, text in zip(("en", "de"), texts, strict=True):
            _, html = rendered(source, language)
            assert html == text, source


def test_constant_parts_are_folded_inside_of_other_tags():
    source = "{% if name %}{% for one in name %}{% translate 'Rooms' %}{% endfor %}{% endif %}"
    found, html = rendered(source, "de")

    inner = found.nodelist[-1].conditions_nodelists[0][1][0].nodelist_loop
    assert html == "Räume" * 5
    assert [type(node) for node in inner] == [TextNode]


def test_included_template_is_looked_up_once_and_has_the_language_of_the_page(monkeypatch):
    found = []
    get_template_once = Engine.get_template
    monkeypatch.setattr(
        Engine, "get_template", lambda *args: found.append(args[1]) or get_template_once(*args)
    )
    page = "{% for one in name %}{% include 'part.html' with at=one %}{% endfor %}"
    # It includes itself once.
    part = (
        "{% load i18n %}{{ at }}{% translate 'Rooms' %}"
        "{% if at == 'm' %}{% include 'part.html' with at='!' %}{% endif %}"
    )
    with templates({"page.html": page, "part.html": part}):
        pages = []
        for language in ("en", "de", "en"):
            with override(language):
                pages.append(get_template("page.html").render({"name": "om"}))

    assert pages == ["oRoomsmRooms!Rooms", "oRäumemRäume!Räume", "oRoomsmRooms!Rooms"]
    # Each language looks up the page's include and the part's include of itself.
    assert found.count("part.html") == 4


def test_one_template_has_the_language_of_each_page():
    with templates({"page.html": "{% load i18n %}{% translate 'Rooms' %}"}):
        found = []
        for language in ("en", "de", "en"):
            with override(language):
                found.append(get_template("page.html").render())

    assert found == ["Rooms", "Räume", "Rooms"]

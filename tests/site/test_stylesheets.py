"""The stylesheets: short, in layers, and without a selector that no page can match."""

import re
from pathlib import Path

import pytest

from tests.factories import StaffFactory
from tests.support.browser import log_in

ROOT = Path(__file__).parents[2]
APPS = ("access", "rooms", "sessions")
SHEETS = sorted(path for app in APPS for path in ROOT.glob(f"{app}/static/*/css/*.css"))
# Lines: the sheets of all pages, which access has, and the sheets of some pages.
LONGEST = {"access": 250, "rooms": 150, "sessions": 150}
LAYERS = ("theme", "frame", "components", "page", "helpers")
# Django's sheets for lists and forms are in no layer, so a rule in a layer would lose to them.
UNLAYERED = {"admin.css", "admin-pages.css"}
SELECTED = re.compile(r"[.#]([a-zA-Z_][\w-]*)")
# Django's admin, Django's messages and htmx write these names into pages.
FOREIGN = {
    "warning",
    *("action-select", "action-toggle", "breadcrumbs", "change-list", "container", "content"),
    *("changelist-filter", "delete-confirmation", "field-display_name", "field-room_name"),
    *("form-row", "help", "htmx-request", "model-room", "nowrap", "readonly", "result_list"),
    *("submit-row", "text", "fieldset-heading", "inline-group", "object-tools"),
}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheet_is_short(sheet):
    app = sheet.relative_to(ROOT).parts[0]

    assert len(sheet.read_text().splitlines()) <= LONGEST[app]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_rule_is_in_a_layer(sheet):
    if sheet.name in UNLAYERED:
        return

    assert outermost(sheet.read_text()) <= {f"@layer {name}" for name in LAYERS}


def test_every_selected_name_is_written_somewhere():
    written = FOREIGN | names_in_pages()
    # Pages write pill-{state}, part-{section} and id_{field}.
    made = {f"{prefix}{name}" for prefix in ("pill-", "part-", "id_") for name in written}

    for sheet in SHEETS:
        assert selected_names(sheet.read_text()) - written - made == set(), sheet.name


def test_selectors_of_a_sheet_are_found():
    css = "/* .no */ @layer page { .a:not(#b, .c-d) { color: red; .e & { top: 0.5rem } } }"

    assert selected_names(css) == {"a", "b", "c-d", "e"}
    assert outermost(css + " .f { top: 0 }") == {"@layer page", ".f"}


@pytest.mark.parametrize("path", ["/", "/admin/"])
@pytest.mark.parametrize(("device", "chosen"), [("light", "dark"), ("dark", "light")])
def test_chosen_theme_wins_over_the_device(open_page, greenroom, path, device, chosen):
    page = open_page(color_scheme=device)
    log_in(page, greenroom, StaffFactory())

    page.goto(f"{greenroom.url}{path}")
    assert shown_scheme(page) == device

    page.context.add_cookies([{"name": "theme", "value": chosen, "url": greenroom.url}])
    page.reload()
    assert shown_scheme(page) == chosen


def shown_scheme(page):
    """Return which of its two colours the page has behind its content."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return {"rgb(247, 248, 250)": "light", "rgb(18, 22, 28)": "dark"}[colour]


def names_in_pages():
    """Return the classes and ids that templates, scripts and Python code write."""
    markup = texts("templates/**/*.html", *(f"{app}/**/*.py" for app in APPS))
    code = texts(*(f"{app}/**/*.{kind}" for app in APPS for kind in ("py", "js")))
    written = re.findall(r'(?:class|id|className)="([^"<>]*(?:\{%[^}]*%\}[^"<>]*)*)"', markup)
    written += re.findall(r"\{% block width %\}(\w+)", markup)
    written += re.findall(r"""["']([\w-]+(?: [\w-]+)?)["']""", code)
    return {word for text in written for word in re.findall(r"[a-zA-Z_][\w-]*", text)}


def texts(*patterns):
    return "\n".join(path.read_text() for pattern in patterns for path in ROOT.glob(pattern))


def selected_names(css):
    """Return the classes and ids in the selectors of a sheet."""
    selectors = re.findall(r"([^{};]+)\{", without_comments(css))
    return {name for selector in selectors for name in SELECTED.findall(selector)}


def outermost(css):
    """Return the texts before the outermost braces of a sheet."""
    depth, text, found = 0, "", set()
    for character in without_comments(css):
        if character == "{" and not depth:
            found.add(text.strip())
        depth += {"{": 1, "}": -1}.get(character, 0)
        text = "" if character in "{};" else text + character
    return found


def without_comments(css):
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)

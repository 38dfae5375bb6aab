"""Imports go one way, files stay short, and public names are unique."""

import ast
from collections import Counter

import pytest
from django.conf import settings

from tests.support.source import APPS, GRAPH, MODULES, SOURCES, TREES, reached

# Each package imports only packages above it in this list.
FLOORS = {
    "access": """values database http rate_limits idempotent_calls credentials webhooks staff models
        api pages admin urls apps management""",
    "rooms": """rules models changes filters display forms bulk jobs api templatetags pages admin
        urls apps management""",
    "sessions": """models tokens lifecycle media mixing api worker pages templatetags demo admin
        urls apps management""",
    "config": """version kept_secrets variables environment web_addresses database_urls databases
        log_settings api_settings settings start wsgi server monitoring middleware openapi api_urls
        urls""",
}
ORDER = {app: floors.split() for app, floors in FLOORS.items()}
IMPORTS = sorted((name, other) for name, others in GRAPH.items() for other in others)
# Public names of more than one module, each with its reason.
REPEATED_NAMES = {
    "Command": "Django finds management commands by this name",
}
WEB = ("serializers", "views", "admin", "forms", "filters", "pages", "api")


def app(name):
    return name.partition(".")[0]


def package(name):
    return name.split(".")[1] if "." in name else ""


def test_no_app_imports_an_app_above_it():
    against = [
        (name, other) for name, other in IMPORTS if APPS.index(app(other)) > APPS.index(app(name))
    ]

    assert not against


@pytest.mark.parametrize("name", APPS)
def test_no_package_imports_a_package_above_it(name):
    floors = ORDER[name]
    inside = [pair for pair in IMPORTS if app(pair[0]) == app(pair[1]) == name]
    against = [
        (one, other)
        for one, other in inside
        if floors.index(package(other)) > floors.index(package(one))
    ]

    assert inside
    assert not against


@pytest.mark.parametrize("name", APPS)
def test_every_package_has_its_floor(name):
    packages = {package(one) for one in MODULES if app(one) == name and "." in one}

    assert packages == set(ORDER[name])


def test_no_file_imports_one_that_imports_it_back():
    assert [name for name in sorted(MODULES) if name in reached(name)] == []


@pytest.mark.parametrize(
    "start",
    ["access.models", "rooms.models.room", "rooms.changes.engine", "sessions.models.session"],
)
@pytest.mark.parametrize("part", WEB)
def test_models_and_changes_import_nothing_of_the_web(start, part):
    assert not any(part in found.split(".") for found in reached(start))


@pytest.mark.parametrize("start", ["access.values", "rooms.rules.join_policy"])
def test_values_and_the_join_policy_import_values_alone(start):
    names = {name for name in MODULES if name.startswith(start)}
    needed = {found for name in names for found in reached(name)}

    assert names
    assert all(found.startswith(("access.values", start)) for found in needed)


def test_an_app_has_few_entries():
    for name in APPS:
        entries = [path for path in (settings.BASE_DIR / name).iterdir() if path.name[0] != "_"]
        assert len(entries) <= 20, name


def test_files_stay_short():
    lengths = {path: len(path.read_text().splitlines()) for path in SOURCES}

    assert {path for path, length in lengths.items() if length > 250} == set()
    assert sum(length > 200 for length in lengths.values()) <= 10


def test_public_names_are_unique():
    names = Counter(
        node.name
        for tree in TREES.values()
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    )

    assert {name for name, count in names.items() if count > 1} <= REPEATED_NAMES.keys()

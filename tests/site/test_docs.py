"""The documentation names files, modules and pages that exist, and every page is reachable."""

import importlib.util
import re
import subprocess
import sys

import pytest
import yaml
from django.core.management import get_commands

from config.version import VERSION
from tests.support.server import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TOP = r"access|config|docs|rooms|sessions|templates|tests|\.github|\.ci"
PATH = re.compile(rf"`((?:{TOP})/[\w./*-]*)`")
MODULE = re.compile(rf"(?<![\w./-])((?!rooms\.example)(?:{TOP})(?:\.\w+)+)(?![\w/(])")
CODE = re.compile(r"`([^`\n]+)`|^ {4}(.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(#[\w-]+)?\)")

each_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def missing_paths(text):
    return [path for path in PATH.findall(text) if not list(ROOT.glob(path))]


def missing_modules(text):
    code = "\n".join(map("".join, CODE.findall(text)))
    return [name for name in MODULE.findall(code) if not _names_a_module(name)]


def _names_a_module(name):
    # The last two parts may be a class and its attribute, or a pattern.
    path = ROOT / name.replace(".", "/")
    return any(
        one.is_dir() or one.with_suffix(".py").is_file()
        for one in (path, path.parent, path.parent.parent)
        if ROOT not in (one, one.parent)
    )


def broken_links(page, text):
    for target, anchor in LINK.findall(text):
        path = (page.parent / target).resolve() if target else page
        if not path.is_file() or (anchor and anchor not in anchors(path)):
            yield target + anchor


def anchors(page):
    headings = re.findall(r"^#+ (.+)$", read(page), re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@each_page
def test_paths_and_modules_exist(page):
    assert missing_paths(read(page)) == []
    assert missing_modules(read(page)) == []


@each_page
def test_links_lead_to_files_and_headings(page):
    assert list(broken_links(page, read(page))) == []


def test_missing_paths_modules_and_links_are_found():
    assert missing_paths("`rooms/nowhere.py`, `rooms/models/`") == ["rooms/nowhere.py"]
    text = "    python -m config.nowhere.command\n`rooms.models.Room` `tests.nowhere.at.all`"
    assert missing_modules(text) == ["config.nowhere.command", "tests.nowhere.at.all"]
    text = "[a](docs/nowhere.md) [b](README.md#nothing) [c](README.md#try-it) [d](#nothing)"
    broken = ["docs/nowhere.md", "README.md#nothing", "#nothing"]
    assert list(broken_links(ROOT / "README.md", text)) == broken


def test_where_a_change_goes_names_a_path_in_each_line():
    text = read("CONTRIBUTING.md").split("## Where a change goes")[1].split("\n## ")[0]
    lines = re.split(r"^- ", text, flags=re.MULTILINE)[1:]

    assert len(lines) >= 12
    for line in lines:
        assert PATH.search(line) or "`pyproject.toml`" in line, line


def test_readme_has_at_most_120_lines():
    assert len(read("README.md").splitlines()) <= 120


def test_site_has_every_page():
    listed = re.findall(r"[\w/-]+\.md", read("mkdocs.yml"))

    docs = ROOT / "docs"
    assert sorted(listed) == sorted(
        page.relative_to(docs).as_posix() for page in docs.glob("**/*.md")
    )


def test_site_loads_nothing_from_other_hosts(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    subprocess.run([*command, "--site-dir", tmp_path], cwd=ROOT, check=True)

    texts = [path.read_text(encoding="utf-8") for path in tmp_path.glob("**/*.html")]
    assert len(texts) > 40
    assert not re.search(r"""(src=|<link[^>]+href=|url\()["']?(https?:)?//""", "".join(texts))


def test_newest_release_of_the_changelog_is_this_version():
    releases = re.findall(r"^## (\S+) - \d{4}-\d\d-\d\d$", read("CHANGELOG.md"), re.MULTILINE)

    assert releases[0] == VERSION
    assert f"## {VERSION}\n" in read("docs/upgrading.md")


def test_decision_index_lists_every_record_once():
    linked = re.findall(r"\]\((\d{4}[\w-]+\.md)\)", read("docs/adr/index.md"))

    assert linked == sorted(path.name for path in ROOT.glob("docs/adr/0*.md"))


@pytest.mark.parametrize("name", ["greenroom", "greenroom-mixer", "greenroom-worker"])
def test_service_starts_an_existing_program(name):
    text = read(f"docs/deploy/{name}.service")
    started_by = r"^ExecStart=(?:/usr/bin/env \S+ )?/opt/greenroom/\.venv/bin/python (.+)$"
    [started] = re.findall(started_by, text, re.MULTILINE)

    if started.startswith("-m "):
        assert importlib.util.find_spec(started.removeprefix("-m "))
    else:
        program, command = started.split()
        assert (ROOT / program).is_file()
        assert command in get_commands()


def test_compose_file_starts_database_server_and_worker():
    services = yaml.safe_load(read("compose.yaml"))["services"]

    assert set(services) == {"database", "server", "worker"}
    assert importlib.util.find_spec("config.server.command")
    assert "python -m config.server.command" in services["server"]["command"]
    assert services["worker"]["command"].endswith("manage.py worker")

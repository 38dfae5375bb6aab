"""The version is typed once, in pyproject.toml; the changelog's newest release has the same one."""

import re
import tomllib

from django.conf import settings

from tests.support.openapi import DESCRIPTION

with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
    VERSION = tomllib.load(file)["project"]["version"]


def test_the_openapi_schema_has_the_version():
    assert DESCRIPTION["info"]["version"] == VERSION


def test_the_newest_release_of_the_changelog_is_the_version():
    changelog = (settings.BASE_DIR / "CHANGELOG.md").read_text()

    releases = re.findall(r"^## ([0-9]\S*) - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)

    assert releases[0] == VERSION

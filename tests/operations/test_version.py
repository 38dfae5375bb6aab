"""The version is typed once, in pyproject.toml."""

import tomllib

from django.conf import settings

from tests.support.openapi import DESCRIPTION

with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
    VERSION = tomllib.load(file)["project"]["version"]


def test_the_openapi_schema_has_the_version():
    assert DESCRIPTION["info"]["version"] == VERSION

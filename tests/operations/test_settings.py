"""The settings: their documentation is made from them, and they alone read the environment."""

import re

import pytest
from django.conf import settings

from config import environment
from config.variables import DESCRIPTIONS
from tests.tools.settings_reference import files

# Greenroom sets these variables itself, for Django and for prometheus_client.
INTERNAL = re.compile(r"DJANGO_SETTINGS_MODULE|\bCOUNTS\b")


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_the_documentation_of_the_settings_is_up_to_date(path):
    assert path.read_text() == files()[path], "Run ./run settings"


def test_each_described_variable_is_read():
    assert environment.VARIABLES.keys() == DESCRIPTIONS.keys()


def test_a_variable_without_description_is_refused():
    with pytest.raises(LookupError, match="NOBODY_DESCRIBED_IT has no description"):
        environment.text("NOBODY_DESCRIBED_IT")


def test_the_environment_is_read_in_one_place():
    readers = {
        path
        for app in ("access", "config", "rooms", "sessions")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if any(map(reads_a_setting, path.read_text().splitlines()))
    }

    assert readers == {settings.BASE_DIR / "config/environment.py"}


def reads_a_setting(line):
    return re.search(r"\bos\.(environ|getenv)\b", line) and not INTERNAL.search(line)

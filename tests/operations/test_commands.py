"""./run: one list has every command and its help."""

import re
import subprocess

import pytest
from django.conf import settings

from config.variables import DESCRIPTIONS

RUN = settings.BASE_DIR / "run"
SOURCE = RUN.read_text()
LISTED = re.search(r"^commands='(.*?)'$", SOURCE, re.MULTILINE | re.DOTALL)[1].splitlines()
# A line that begins with a blank continues the one above.
USAGES = [line.split("  ")[0] for line in LISTED if not line.startswith(" ")]
COMMANDS = {usage.split()[0] for usage in USAGES}


def run(*arguments):
    return subprocess.run([RUN, *arguments], capture_output=True, text=True, check=False)


def test_each_command_has_a_function_and_each_function_a_command():
    assert set(re.findall(r"^run_([a-z]+)\(\)", SOURCE, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("name", ["help", "-h", "--help"])
def test_help_shows_every_command(name):
    lines = run(name).stdout.splitlines()

    shown = [line for line in lines if line.startswith("./run ")]
    assert {line.split()[1] for line in shown} == COMMANDS
    assert all(re.fullmatch(r"\./run \S+( \S+)* {2,}\S.*", line) for line in shown)


def test_help_shows_every_setting():
    assert set(run("help").stdout.split()) >= set(DESCRIPTIONS)


def test_the_documentation_has_every_command():
    page = (settings.BASE_DIR / "docs/reference/commands.md").read_text()

    assert set(re.findall(r"`\./run ([^`]+)`", page)) >= set(USAGES)


@pytest.mark.parametrize("name", ["nothing", "serv", "run_serve", ".*", " ", "serve ", "fail"])
def test_an_unknown_command_is_refused(name):
    refused = run(name)

    assert refused.returncode == 1
    assert refused.stderr == f"run: no command named '{name}'. Try: ./run help\n"
    assert refused.stdout == ""


def test_a_python_that_is_not_supported_is_refused(tmp_path):
    copied = tmp_path / "run"
    copied.write_text(SOURCE)
    copied.chmod(0o755)

    refused = subprocess.run(
        [copied, "manage", "check"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": "/bin/false"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr == "run: PYTHON=/bin/false is not a Python 3.11, 3.12 or 3.13.\n"
    assert not (tmp_path / ".venv").exists()

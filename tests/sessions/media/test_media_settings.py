"""MEDIA_SERVER and its settings: an invalid value stops the start with a message."""

import subprocess
import sys

import pytest

from tests.support.janus import SECRETS
from tests.support.server import ROOT, clean

JANUS = {
    **SECRETS,
    "MEDIA_SERVER": "janus",
    "JANUS_URL": "https://media.example.org/janus",
    "JANUS_ADMIN_URL": "http://127.0.0.1:7088/admin",
    "JANUS_RECORDINGS": "/var/lib/janus/recordings",
}


def start(env, tmp_path):
    """Read the settings with the environment `env`; return the output."""
    return subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.MEDIA_SERVER)"],
        cwd=ROOT,
        env=clean({"GREENROOM_DATA": str(tmp_path), **env}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_default_is_no_media_server(tmp_path):
    assert start({}, tmp_path).stdout == "none\n"


def test_janus_starts_with_all_its_settings(tmp_path):
    assert start(JANUS, tmp_path).stdout == "janus\n"


@pytest.mark.parametrize("missing", sorted(JANUS.keys() - {"MEDIA_SERVER"}))
def test_janus_without_one_of_its_settings_does_not_start(missing, tmp_path):
    done = start({**JANUS, missing: ""}, tmp_path)

    assert done.returncode == 1
    assert f"{missing} is empty, and MEDIA_SERVER=janus needs it." in done.stderr


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"MEDIA_SERVER": "jitsi"}, "MEDIA_SERVER=jitsi: use one of none, janus."),
        (
            {"MEDIA_JOIN_SECONDS": "0"},
            "MEDIA_JOIN_SECONDS=0: use a whole number of at least 1.",
        ),
        ({"BODY_TIMEOUT": "61"}, "BODY_TIMEOUT=61: use a whole number of at most 60."),
    ],
)
def test_invalid_value_stops_the_start(setting, sentence, tmp_path):
    assert sentence in start(setting, tmp_path).stderr

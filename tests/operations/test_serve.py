"""`./run` in a new folder: it migrates, makes the demo, and serves what the demo prints."""

import json
import re
import subprocess

import pytest
from django.conf import settings

from tests.support.processes import accepts_connections, end, free_port, wait_until
from tests.support.server import clean

pytestmark = pytest.mark.own_database


@pytest.fixture
def printed(tmp_path):
    """The output of ./run when its server accepts connections."""
    port, log = free_port(), tmp_path / "log"
    # Collecting the static files again would take ten seconds.
    (tmp_path / "static").symlink_to(settings.STATIC_ROOT)
    env = clean({"GREENROOM_DATA": str(tmp_path), "PORT": str(port)})
    with log.open("wb") as output:
        process = subprocess.Popen(
            [settings.BASE_DIR / "run"], env=env, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: accepts_connections(port), 60, process, log)
        yield log.read_text()
    finally:
        end(process, seconds=30)


def test_the_printed_curl_changes_a_room(printed):
    curl = re.search(r"^ +(curl -X PUT(?:.*\\\n)*.*)$", printed, re.MULTILINE)[1]

    answer = subprocess.run(["bash", "-c", curl], stdout=subprocess.PIPE, check=True).stdout

    room = json.loads(answer)
    assert room["max_members"] == 25
    assert room["name"] == "ward-3-family"

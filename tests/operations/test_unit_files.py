"""The unit files of the documentation are valid and private, and the programs run under them."""

import shutil
import subprocess
import sys
from contextlib import suppress
from ctypes import CDLL
from ipaddress import ip_network

import pytest
import requests

from tests.factories import RoomFactory, TokenFactory, WebhookEndpointFactory
from tests.support.api import basic, room_url
from tests.support.processes import accepts_connections, end, eventually, free_port
from tests.support.server import ROOT, spawn
from tests.support.unit_sandbox import LIBRARY, service_of
from tests.support.webhook_receiver import Receiver

UNITS = sorted(ROOT.glob("docs/*/*.service"))
# systemd's measure from 0 to 100. A service that needs the network and its user's files has 16.
MOST_EXPOSED = 20

each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)


def analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    command = ["systemd-analyze", *arguments]
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def can_be_loaded(library):
    with suppress(OSError):
        return bool(CDLL(library))
    return False


@each_unit
def test_unit_is_valid(unit, tmp_path):
    service = service_of(unit)
    copy = tmp_path / unit.name
    # The program of the unit need not exist here.
    copy.write_text(unit.read_text().replace(service["ExecStart"].split()[0], sys.executable))

    checked = analyze("verify", "--man=no", str(copy))

    assert (checked.returncode, checked.stdout) == (0, "")


@each_unit
def test_unit_exposes_little(unit):
    if "--offline" not in analyze("--help").stdout:
        pytest.skip("this systemd-analyze judges only units that are installed")

    judged = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit))

    assert judged.returncode == 0, judged.stdout


@each_unit
def test_service_is_started_again_and_has_a_limit_of_memory(unit):
    service = service_of(unit)

    assert service["Restart"] == "always"
    assert "StartLimitIntervalSec=0" in unit.read_text()
    assert service["MemoryMax"][-1] in "MG"


@pytest.fixture
def run_unit(server_env, transactional_db):
    """Return a function that runs the program of a unit under its restrictions."""
    analyze("--version")
    if not can_be_loaded(LIBRARY):
        pytest.skip(f"{LIBRARY} is not installed")
    started = []

    def run(name, **env):
        unit = ROOT / "docs/deploy" / f"{name}.service"
        started.append(spawn({**server_env, **env}, "-m", "tests.support.unit_sandbox", str(unit)))

    yield run
    for process in started:
        assert end(process, seconds=60) == 0


def test_server_and_worker_run_under_the_restrictions_of_their_units(run_unit, settings):
    settings.WEBHOOK_ALLOW = [ip_network("127.0.0.0/8")]
    room = RoomFactory()
    token = TokenFactory(project=room.project)
    port = free_port()
    run_unit("greenroom", HOST="127.0.0.1", PORT=str(port))
    run_unit("greenroom-worker", WEBHOOK_ALLOW="127.0.0.0/8")
    eventually(lambda: accepts_connections(port))
    with Receiver() as receiver:
        # The worker resolves the name.
        WebhookEndpointFactory(project=room.project, url=receiver.url(host="localhost"))
        changed = requests.put(
            f"http://127.0.0.1:{port}{room_url(room)}",
            json={"max_members": 5},
            headers={"Authorization": basic(token.project_id, token.secret)},
            timeout=60,
        )
        receiver.wait_for(1)

    assert changed.status_code == 200

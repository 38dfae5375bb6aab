"""The unit files of the documentation are valid and private, and the programs run under them."""

import shutil
import subprocess
import sys
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import requests
from django.utils import timezone

from sessions.media.recordings import film_path, finish_recordings
from sessions.models import Composition
from sessions.models.recording import UNFINISHED
from tests.factories import (
    MemberFactory,
    RecordingFactory,
    RoomFactory,
    TokenFactory,
    WebhookEndpointFactory,
)
from tests.support.api import basic, room_url
from tests.support.janus import UNIT as JANUS_UNIT
from tests.support.processes import accepts_connections, end, eventually, free_port
from tests.support.raw_recordings import pictures, write_raw_file
from tests.support.server import ROOT, spawn
from tests.support.unit_sandbox import can_restrict, restricted, service_of
from tests.support.webhook_receiver import Receiver

UNITS = sorted(ROOT.glob("docs/*/*.service"))
# systemd's measure from 0 to 100. A service that needs the network and its user's files has 16.
MOST_EXPOSED = 20
MIXER_UNIT = ROOT / "docs/deploy/greenroom-mixer.service"
# Every unit has these, because strangers send what the programs read.
HARDENED = {
    "NoNewPrivileges": "true",
    "CapabilityBoundingSet": "",
    "PrivateDevices": "true",
    "PrivateTmp": "true",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "MemoryDenyWriteExecute": "true",
    "SystemCallFilter": "@system-service",
    "SystemCallErrorNumber": "EPERM",
}
FAMILIES = {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"}

each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)


def analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    command = ["systemd-analyze", *arguments]
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


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


@each_unit
def test_service_has_no_rights_that_it_does_not_need(unit):
    service = service_of(unit)

    assert {key: service[key] for key in HARDENED} == HARDENED
    assert set(service["RestrictAddressFamilies"].split()) <= FAMILIES
    assert service["UMask"] in ("0077", "0027")
    assert service["StateDirectoryMode"] in ("0700", "0750")


def test_mixer_gives_way_and_may_delete_what_janus_wrote():
    mixer, janus = service_of(MIXER_UNIT), service_of(JANUS_UNIT)

    assert (mixer["CPUWeight"], mixer["Nice"]) == ("20", "10")
    # Janus makes folders that no group can write to.
    assert mixer["User"] == janus["User"]
    assert mixer["ReadWritePaths"] == f"/var/lib/{janus['StateDirectory']}"
    # The servers read the films.
    assert mixer["Group"] == service_of(ROOT / "docs/deploy/greenroom.service")["User"]
    assert (mixer["UMask"], mixer["StateDirectoryMode"]) == ("0027", "0750")


def needs_restrictions():
    if not can_restrict():
        pytest.skip("systemd-analyze or libseccomp is not installed")


@pytest.fixture
def run_unit(server_env, transactional_db):
    """Return a function that runs the program of a unit under its restrictions."""
    needs_restrictions()
    started = []

    def run(name, *command, **env):
        unit = ROOT / "docs/deploy" / f"{name}.service"
        started.append(spawn({**server_env, **env}, *restricted(unit, *command)[1:]))

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


@pytest.fixture
def folders(settings, tmp_path):
    """The folders of raw files and films, as the environment of a mixer."""
    values = {
        "JANUS_RECORDINGS": str(tmp_path / "raw"),
        "RECORDINGS_FOLDER": str(tmp_path / "films"),
    }
    settings.MIXER = True
    for name, value in values.items():
        setattr(settings, name, value)
    return values


def test_mixer_composes_under_the_restrictions_of_its_unit(run_unit, folders):
    pytest.importorskip("av")
    start = timezone.now() - timedelta(seconds=2)
    recording = RecordingFactory(session__start_time=start)
    session = recording.session
    member = MemberFactory(session=session, join_time=start)
    # The picture is smaller than its place in the film.
    write_raw_file(member, "vp8", pictures(2), start)
    finish_recordings(session, timezone.now())

    run_unit("greenroom-mixer", sys.executable, "manage.py", "mixer", MIXER="true", **folders)

    eventually(lambda: not Composition.objects.filter(state__in=UNFINISHED).exists())
    film = Composition.objects.get()
    assert (film.state, film.fault) == ("ready", "")
    assert film_path(film).stat().st_mode & 0o777 == 0o640


def test_child_of_a_mixer_may_leave_the_network_and_no_other_namespace():
    needs_restrictions()
    code = "import ctypes; c = ctypes.CDLL(None); print([c.unshare(n) for n in (%s)])"
    flags = "0x10020000, 0x30000000, 0x50000000"

    for unit, answer in ((MIXER_UNIT, "[-1, -1, 0]"), (JANUS_UNIT, "[-1, -1, -1]")):
        command = restricted(unit, sys.executable, "-c", code % flags)
        output = subprocess.check_output(command, text=True, cwd=ROOT).strip()
        assert output == answer, unit.name


def test_janus_runs_under_the_restrictions_of_its_unit_in_all_tests(running_janus):
    needs_restrictions()
    status = Path(f"/proc/{running_janus.process.pid}/status").read_text()
    found = dict(line.split(":\t", 1) for line in status.splitlines())

    assert (found["Seccomp"].strip(), found["NoNewPrivs"].strip()) == ("2", "1")
    assert int(found["CapEff"], 16) == int(found["CapBnd"], 16) == 0
    assert found["Umask"].strip() == service_of(JANUS_UNIT)["UMask"]

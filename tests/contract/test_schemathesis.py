"""Schemathesis sends generated requests from our OpenAPI document to the live server."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import TokenFactory
from tests.support.openapi import things_of
from tests.support.server import ROOT

HERE = Path(__file__).parent


@pytest.mark.long
def test_server_conforms_to_the_document(greenroom, tmp_path):
    token = TokenFactory()
    things_of(token.project)

    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file", str(HERE / "schemathesis.toml"),
            "run", f"{greenroom.url}/api/schema",
            "--auth", f"{token.project_id}:{token.secret}",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout

"""The OpenAPI document as a file, as generators read it."""

import json

import pytest

from tests.support.openapi import DESCRIPTION


@pytest.fixture(scope="session")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(json.dumps(DESCRIPTION), encoding="utf-8")
    return path

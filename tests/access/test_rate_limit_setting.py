"""RATE_LIMIT: a number for each unit of time, checked at the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import rate
from tests.support.server import start_server


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("600/min", (600, 60)),
        ("1/s", (1, 1)),
        ("5/sec", (5, 1)),
        ("60/m", (60, 60)),
        ("60/minute", (60, 60)),
        ("1000/hour", (1000, 3600)),
        ("999999999/day", (999999999, 86400)),
        ("", None),
    ],
)
def test_limit_is_a_number_per_time(monkeypatch, text, meant):
    monkeypatch.setenv("RATE_LIMIT", text)

    assert rate("RATE_LIMIT") == meant


@pytest.mark.parametrize(
    "text",
    ["600", "min", "0/min", "-1/min", "1.5/min", "600/", "600/week", "600/min ", "٣/min", "1/M"],
)
def test_invalid_limit_stops_the_start(monkeypatch, text):
    monkeypatch.setenv("RATE_LIMIT", text)

    with pytest.raises(ImproperlyConfigured, match=f"RATE_LIMIT={text}: use a whole number"):
        rate("RATE_LIMIT")


def test_server_reports_an_invalid_limit_at_the_start(tmp_path):
    with pytest.raises(RuntimeError, match="RATE_LIMIT=often: use a whole number"):
        start_server({"RATE_LIMIT": "often", "GREENROOM_DATA": str(tmp_path)})

"""The pages in docs/reference agree with the code."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import path

from config.api_urls import api, project
from config.monitoring import gauges
from config.monitoring.counters import REGISTRY
from config.openapi.responses import CODES, STATUSES
from rooms.rules.join_policy import Reason
from sessions.api.schema import REFUSALS
from sessions.models.member import LeaveReason
from tests.support.server import ROOT


def read(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text, heading):
    return text.split(f"## {heading}\n")[1].split("\n## ")[0]


def first_column(text):
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


def documented_metrics():
    return first_column(read("reference/metrics.md"))


def test_every_metric_is_documented_once():
    counted = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name
        for metric in REGISTRY.collect()
    }
    source = Path(gauges.__file__).read_text(encoding="utf-8")
    scraped = {f"greenroom_{name}" for name in re.findall(r'yield\s*\(?\s*"(\w+)",', source)}

    assert len(scraped) > 15
    assert sorted(documented_metrics()) == sorted(counted | scraped)


@pytest.mark.django_db
def test_every_gauge_of_a_scrape_is_documented():
    scraped = {metric.name for metric in gauges.DatabaseGauges().collect()}

    assert len(scraped) > 15
    assert scraped <= set(documented_metrics())


def test_alerts_use_documented_metrics():
    used = re.findall(r"greenroom_\w+", read("how-to/monitoring.md"))

    assert len(used) > 15
    assert set(used) <= set(documented_metrics())


def test_every_error_code_status_and_reason_is_documented():
    text = read("reference/error-codes.md")

    assert first_column(section(text, "Codes of a 422")) == list(CODES)
    assert first_column(section(text, "Statuses")) == [str(status) for status in STATUSES]
    refusals = {*REFUSALS, *(reason.value for reason in Reason if reason is not Reason.OPEN)}
    assert set(first_column(section(text, "Reasons for a refused admission"))) == refusals
    assert first_column(section(text, "Reasons for leaving")) == LeaveReason.values


def test_every_call_of_the_api_is_documented():
    calls = {
        f"{method.upper()} /" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(route.pattern))
        for route in (*api, *(path(f"api/project/{one.pattern}", one.callback) for one in project))
        for method in route.callback.actions
        if method != "head"
    }

    assert set(re.findall(r"`([A-Z]+ /[\w{}/]+)`", read("reference/api.md"))) == calls


def test_every_command_is_documented():
    text = read("reference/commands.md")
    done = subprocess.run([ROOT / "run", "help"], capture_output=True, check=True, text=True)
    in_help = set(re.findall(r"^ *\./run ([a-z]+)", done.stdout, re.MULTILINE))
    ours = {name for name, app in get_commands().items() if app in ("access", "rooms", "sessions")}

    assert "check" in in_help
    assert set(re.findall(r"\| `\./run ([a-z]+)", text)) == in_help
    assert {entry.split()[0] for entry in first_column(section(text, "manage.py"))} == ours

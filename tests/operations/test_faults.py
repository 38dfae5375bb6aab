"""./run faults: it disturbs a server, and compares what it measures with the targets."""

import re

import pytest

from tests.tools.bench.rounds import Times
from tests.tools.faults.__main__ import main
from tests.tools.faults.rounds import finding

TEN = [0.01] * 10


@pytest.mark.long
@pytest.mark.own_database
def test_run_prints_a_line_for_each_measurement(capfd):
    main(["sign-ins", "frozen", "--rounds", "1", "--seconds", "0.2"])

    output = capfd.readouterr().out
    for what in ("PUT p50 / p99 during 32 sign-ins at once", "frozen database: /readyz"):
        assert re.search(rf"^\| {what} \| .*\d.* \| .+ \| (met|\*\*missed\*\*) \|$", output, re.M)


@pytest.mark.parametrize(("slowest", "result"), [(0.02, "met"), (0.03, "**missed**")])
def test_disturbed_rounds_are_compared_with_quiet_ones(slowest, result):
    quiet, disturbed = Times([TEN]), Times([[*TEN[1:], slowest]])

    found = finding("during a test", [quiet] * 3, [disturbed] * 2 + [Times([[9.0]])])

    assert found.line() == (
        "| PUT p50 / p99 during a test"
        f" | 10.0 / {slowest * 1000:.1f} ms; quiet 10.0 / 10.0 ms; 1.0 / {slowest / 0.01:.1f} times"
        f" | p99 < 3 times quiet | {result} |"
    )

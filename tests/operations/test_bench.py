"""./run bench: it measures, checks every response, and leaves no process behind."""

import re

import pytest

from tests.support.processes import accepts_connections, eventually
from tests.tools.bench.__main__ import main
from tests.tools.bench.bodies import one_field
from tests.tools.bench.client import send_all
from tests.tools.bench.floor import script_of
from tests.tools.bench.results import Result
from tests.tools.bench.rivals import serving
from tests.tools.bench.rounds import Times
from tests.tools.bench.workloads import Request

TINY = ["--quick", "--rooms", "400", "800", "--rounds", "1", "--seconds", "0.05"]


@pytest.mark.long
@pytest.mark.own_database
def test_quick_run_prints_a_ratio_for_each_operation(capfd):
    main([*TINY, "--only", "PUT of one field"])

    output = capfd.readouterr().out
    for rival in ("stock", "by hand", "its statements alone", "one UPDATE … RETURNING"):
        assert re.search(
            rf"^ *\d+\.\d\d  \(.*\)  PUT of one field at 16, compared with {rival}$", output, re.M
        )
    assert "800 rooms against 400 rooms" in output
    assert re.search(r"^ *\d+\.\d\d  \(\d+\.\d\d to \d+\.\d\d\)  PUT of one field$", output, re.M)
    assert "of 1 take at most 1.5 times as long." in output
    assert re.search(r"^800 rooms loaded in \d+\.\d s$", output, re.M)


def test_no_process_of_a_rival_survives_it():
    """Start a server whose child does not end with it, like an orphaned worker process."""
    with_a_child = (
        "import http.server, os, time; os.fork() and time.sleep(600);"
        " http.server.test(port={port}, bind='127.0.0.1')"
    )

    with serving({}, "-c", with_a_child) as server:
        assert accepts_connections(server.port)

    eventually(lambda: not accepts_connections(server.port), 20)


def test_ratio_is_the_median_of_alternating_rounds():
    few = Times([[0.1, 0.2, 0.3], [0.4, 0.4, 0.4], [0.1, 0.1, 0.1]])
    many = Times([[0.2, 0.2, 0.9], [0.4, 0.4, 0.4], [0.3, 0.3, 0.3]])

    found = Result("a list", [few, many], [4, 4])

    assert found.ratios() == pytest.approx([1.0, 1.0, 3.0])
    assert found.ratio == pytest.approx(1.0)


def test_every_pass_changes_the_rooms():
    bodies = {tuple(one_field(0, number).items()) for number in range(1000)}

    assert len(bodies) == 1000


def test_percentile_is_a_measured_time():
    times = Times([[0.3, 0.1], [0.2, 0.4]])

    assert (times.percentile(50), times.percentile(99)) == (0.2, 0.4)


def test_response_other_than_200_stops_the_run(greenroom):
    request = Request("/api/video/rooms")

    done, _ = send_all((greenroom.host, greenroom.port), iter([(request, request.encoded({}))]))

    with pytest.raises(RuntimeError, match="GET /api/video/rooms: 401"):
        request.check(done[0][1])


def test_floor_repeats_the_logged_statements():
    at = "2026-01-01 10:00:00.000 UTC [7]"
    log = (
        f'{at} LOG:  execute _pg3_1: SELECT "version" FROM "rooms_room" LIMIT $1, $2\n'  # noqa: S608
        f"{at} DETAIL:  parameters: $1 = 'r-1', $2 = 'O''Hara'\n"
        f"{at} LOG:  execute _pg3_2: CALL move(\n\t$1, $2, $3)\n"
        f"{at} DETAIL:  parameters: $1 = '70002', $2 = NULL, $3 = 'r-1'\n"
    )

    script = script_of(log, "r-1", 70_001)

    assert script.text == (
        'SELECT "version" FROM "rooms_room" LIMIT :room, :p0_2 \\gset\n'
        "\\set next :version + 1\n"
        "CALL move( :next, NULL, :room);\n"
    )
    assert script.values["p0_2"] == "O'Hara"

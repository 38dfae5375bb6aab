"""./run bench: that a run measures, checks every answer, and leaves nothing behind."""

import re

import pytest

from tests.bench.__main__ import main
from tests.bench.results import Result
from tests.bench.rounds import Line, Times
from tests.bench.work import Request

TINY = ["--quick", "--rooms", "200", "400", "--rounds", "2", "--requests", "2"]


def test_a_quick_run_prints_a_ratio_for_each_piece_of_work(capfd):
    main([*TINY, "--only", "PUT of one field"])

    said = capfd.readouterr().out
    assert "400 rooms against 200 rooms" in said
    assert re.search(r"^ *\d+\.\d\d  \(\d+\.\d\d to \d+\.\d\d\)  PUT of one field$", said, re.M)
    assert "of 1 take at most 1.5 times as long." in said


def test_ratio_is_the_median_of_the_rounds_that_took_turns():
    few = Times([[0.1, 0.2, 0.3], [0.4, 0.4, 0.4], [0.1, 0.1, 0.1]])
    many = Times([[0.2, 0.2, 0.9], [0.4, 0.4, 0.4], [0.3, 0.3, 0.3]])

    found = Result("a list", [few, many], [4, 4])

    assert found.ratios() == pytest.approx([1.0, 1.0, 3.0])
    assert found.ratio == pytest.approx(1.0)


def test_percentile_is_a_time_that_was_measured():
    times = Times([[0.3, 0.1], [0.2, 0.4]])

    assert (times.at(50), times.at(99)) == (0.2, 0.4)


def test_an_answer_other_than_200_ends_the_run(greenroom):
    class Side:
        server = greenroom

    line = Line(Side, {})

    with pytest.raises(RuntimeError, match="GET /api/video/rooms: 401"):
        line.send(Request("/api/video/rooms"))
    line.close()

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sessions.pages.charts import HEIGHT, ROWS, WIDTH, inside_over_time

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
END = START + timedelta(hours=1)


def at(minutes):
    return START + timedelta(minutes=minutes)


def ticks(end):
    return [tick.text for tick in inside_over_time([], START, end, cap=1).ticks]


def points(text):
    return [tuple(map(float, pair.split(","))) for pair in text.split()]


def test_chart_of_no_members_is_a_flat_line():
    plot = inside_over_time([], START, END, cap=20)

    assert plot.most == 0
    assert {y for _, y in points(plot.line)} == {HEIGHT}


def test_curve_steps_when_members_join_and_leave():
    plot = inside_over_time([(at(0), at(30)), (at(15), None)], START, END, cap=2)

    assert plot.most == 2
    heights = [y for _, y in points(plot.line)]
    # Zero, one, two, and one again until the end.
    assert heights == [120, 120, 64, 64, 8, 8, 64, 64]
    assert [x for x, _ in points(plot.line)][-2:] == [WIDTH / 2, WIDTH]


def test_leave_and_join_at_the_same_time_are_counted_once():
    assert inside_over_time([(at(0), at(30)), (at(30), None)], START, END, cap=2).most == 1


def test_max_members_is_plotted_if_it_fits_the_scale():
    few = [(at(0), None)]

    assert inside_over_time(few, START, END, cap=2).cap
    assert not inside_over_time(few, START, END, cap=300).cap


def test_ticks_are_in_the_local_time_zone():
    assert ticks(END) == ["09:10", "09:20", "09:30", "09:40", "09:50"]


def test_ticks_of_a_short_session_differ():
    for seconds in (1, 3, 8, 40, 100, 1000):
        texts = ticks(START + timedelta(seconds=seconds, milliseconds=500))

        assert texts, seconds
        assert len(set(texts)) == len(texts)
    assert ticks(START + timedelta(seconds=3.5)) == ["09:00:01", "09:00:02", "09:00:03"]


def test_y_axis_has_zero_the_peak_and_the_capacity():
    def numbers(inside, cap):
        plot = inside_over_time([(at(0), None)] * inside, START, END, cap)
        return [height.number for height in plot.heights]

    assert numbers(6, 10) == [10, 6, 0]
    assert numbers(6, 6) == [6, 0]
    assert numbers(19, 20) == [20, 0]
    assert numbers(6, 300) == [6, 0]


def test_list_of_many_changes_has_their_peaks():
    few = inside_over_time([(at(0), at(30)), (at(15), None)], START, END, cap=2)
    many = inside_over_time([(at(n / 50), at(n / 50 + 9)) for n in range(900)], START, END, cap=500)

    assert few.rows == [(at(0), 1), (at(15), 2), (at(30), 1)]
    assert len(many.rows) <= ROWS
    assert max(inside for _, inside in many.rows) == many.most


moments = st.integers(-10, 70).map(at)


@given(st.lists(st.tuples(moments, moments | st.none()), max_size=20), st.integers(1, 300))
def test_curve_stays_in_its_frame(stays, cap):
    stays = [(joined, left) for joined, left in stays if left is None or left >= joined]
    drawn = points(inside_over_time(stays, START, END, cap).line)

    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn)
    assert [x for x, _ in drawn] == sorted(x for x, _ in drawn)

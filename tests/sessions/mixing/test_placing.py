"""Packets are placed on the common clock."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.mixing.placing import packet_times

# Fifty packets a second for a minute.
SENT = numpy.arange(3000) / 50


def delays(seed, most=0.08):
    """Return the delay of each packet in a network: mostly a short one."""
    return numpy.random.default_rng(seed).exponential(0.01, len(SENT)).clip(0, most)


@given(seed=st.integers(0, 1000), offset=st.floats(0, 1e9))
def test_delays_of_the_network_are_taken_out(seed, offset):
    arrivals = SENT + offset + delays(seed)

    found = packet_times(arrivals, SENT, in_sync=True) - offset

    assert abs(found - SENT).max() < 0.02


def test_pause_of_the_senders_clock_is_kept_in_sync_and_closed_without():
    late = 4.6 * (SENT >= 20)
    arrivals = SENT + late + delays(1)

    in_sync = packet_times(arrivals, SENT, in_sync=True)
    alone = packet_times(arrivals, SENT, in_sync=False)

    assert abs(in_sync - (SENT + late)).max() < 0.03
    assert abs(alone - SENT).max() < 0.1


def test_burst_after_a_break_of_the_network_is_no_pause():
    arrivals = numpy.maximum(SENT, numpy.where((SENT >= 10) & (SENT < 12), 12.0, SENT))

    found = packet_times(arrivals, SENT, in_sync=True)

    assert abs(found - SENT).max() < 0.05


def test_fast_clock_is_followed():
    arrivals = SENT + delays(2)

    found = packet_times(arrivals, SENT * 1.003, in_sync=True)

    assert abs(found - SENT).max() < 0.03


@pytest.mark.parametrize("jump", [-1000.0, 40_000.0])
def test_jump_of_the_clock_begins_a_new_piece(jump):
    clocks = SENT + jump * (SENT >= 30)

    found = packet_times(SENT + delays(3), clocks, in_sync=True)

    assert abs(found - SENT).max() < 0.1


@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(-1e5, 1e5)), min_size=1, max_size=40),
    st.booleans(),
)
def test_every_packet_gets_a_finite_time(steps, in_sync):
    gaps, clocks = (numpy.array(column) for column in zip(*steps, strict=True))

    found = packet_times(numpy.cumsum(gaps), clocks, in_sync=in_sync)

    assert len(found) == len(steps)
    assert numpy.isfinite(found).all()

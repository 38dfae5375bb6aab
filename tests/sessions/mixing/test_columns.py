"""The columns of a long recording are not in the memory of its process."""

import mmap

import numpy
import pytest

from sessions.mixing.columns import SMALL, kept


@pytest.mark.parametrize("kind", ["q", "d", "b"])
def test_large_column_is_in_a_file_with_the_same_numbers(kind):
    column = numpy.arange(SMALL + 1, dtype="q").astype(kind)

    found = kept(column)

    assert isinstance(found.base.obj, mmap.mmap)
    assert found.dtype == column.dtype
    assert (found == column).all()


def test_small_column_stays_where_it_is():
    column = numpy.zeros(10)

    assert kept(column) is column


def test_column_stays_in_memory_without_space_on_the_disk(monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    column = numpy.zeros(SMALL)

    assert kept(column) is column

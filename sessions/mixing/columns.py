"""Columns of numbers outside of memory: an hour of a room has two million packets."""

import mmap
import tempfile
from dataclasses import fields, replace
from typing import Any

import numpy

# Bytes of a column that stays in memory.
SMALL = 1 << 18


def kept(column: Any) -> Any:
    """Return a column whose memory the kernel can take back: it is in a file without a name.

    It stays in memory if the disk is full: the film itself shows whether it has space.
    """
    if column.nbytes <= SMALL:
        return column
    try:
        return _in_file(column)
    except OSError:
        return column


def _in_file(column: Any) -> Any:
    with tempfile.TemporaryFile() as file:
        column.tofile(file)
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return numpy.frombuffer(content, column.dtype)


def with_kept_columns(track: Any) -> Any:
    """Return a track, which is a dataclass, with its columns outside of memory."""
    values = {one.name: getattr(track, one.name) for one in fields(track)}
    columns = {name: one for name, one in values.items() if isinstance(one, numpy.ndarray)}
    return replace(track, **{name: kept(column) for name, column in columns.items()})

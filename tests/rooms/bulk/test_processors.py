"""Dry runs compute on at most half of the processors."""

import fcntl
from contextlib import ExitStack

import pytest

from access.http.processors import AT_ONCE, processor


def is_free(path):
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_each_processor_is_kept_until_the_end_of_the_block(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with ExitStack() as kept:
        for _ in range(AT_ONCE):
            kept.enter_context(processor())
        assert [is_free(path) for path in tmp_path.iterdir()] == [False] * AT_ONCE

    assert all(is_free(path) for path in tmp_path.iterdir())


def test_processor_is_free_again_after_a_failure(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with pytest.raises(ZeroDivisionError), processor():
        _ = 1 / 0

    assert all(is_free(path) for path in tmp_path.iterdir())


def test_folder_that_cannot_be_written_is_no_limit(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "missing"

    with processor(), processor():
        assert not settings.DATA_DIR.exists()

"""A table of cases in one test, for a test whose fixtures take longer than one case."""

import copy
import functools
import inspect
from contextlib import contextmanager
from traceback import format_exception

import pytest
from django.db import models, transaction
from django.test import Client


def each(names, rows, ids=str):
    """Run the test once per row; @pytest.mark.parametrize, but the fixtures are made only once.

    Each row finds the database, and the model instances and clients among the fixtures, as the
    fixtures left them. All rows run, and the error names all that failed, with `ids`: a list or a
    function of the row.
    """
    names = [names] if isinstance(names, str) else names
    labels = map(ids, rows) if callable(ids) else ids
    table = [(label, _named(names, row)) for label, row in zip(labels, rows, strict=True)]
    assert len(dict(table)) == len(table), "Two rows have the same name."

    def decorate(test):
        @functools.wraps(test)
        def run_each(**fixtures):
            _report([(label, _failure(test, row, fixtures)) for label, row in table])

        parameters = inspect.signature(test).parameters.values()
        left = [parameter for parameter in parameters if parameter.name not in names]
        run_each.__signature__ = inspect.Signature(left)
        return run_each

    return decorate


def _named(names, row):
    return dict(zip(names, [row] if len(names) == 1 else row, strict=True))


def _failure(test, values, fixtures):
    """Return the failure of one row, or None."""
    try:
        with _undone(fixtures.values()):
            test(**fixtures, **values)
    except (Exception, pytest.fail.Exception) as failure:
        return failure
    return None


@contextmanager
def _undone(objects):
    """Undo what the block writes to the database, to model instances and to clients."""
    clients = [one for one in objects if isinstance(one, Client)]
    kept = [{**vars(client), "cookies": copy.deepcopy(client.cookies)} for client in clients]
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for client, values in zip(clients, kept, strict=True):
            vars(client).clear()
            vars(client).update(values)
        for one in objects:
            if isinstance(one, models.Model):
                one.refresh_from_db()


def _report(outcomes):
    failed = [(label, failure) for label, failure in outcomes if failure]
    if failed:
        texts = [f"Row {label}:\n{''.join(format_exception(error))}" for label, error in failed]
        counts = f"{len(failed)} of {len(outcomes)} rows fail."
        pytest.fail("\n".join([counts, *texts]), pytrace=False)

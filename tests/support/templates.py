"""Templates that a test writes instead of those of the project."""

import copy
from contextlib import contextmanager

from django.conf import settings
from django.test import override_settings

from access.staff import compiled_rows


@contextmanager
def templates(sources):
    """Let the loader of the project find `sources`, texts by name, and nothing else."""
    found = copy.deepcopy(settings.TEMPLATES)
    (loader, _) = found[0]["OPTIONS"]["loaders"][0]
    memory = ("django.template.loaders.locmem.Loader", sources)
    found[0]["OPTIONS"]["loaders"] = [(loader, [memory])]
    compiled_rows._pattern.cache_clear()
    try:
        with override_settings(TEMPLATES=found):
            yield
    finally:
        compiled_rows._pattern.cache_clear()

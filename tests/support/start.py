"""The settings that a server reads from an environment."""

import runpy

from django.conf import settings

from config.environment import VARIABLES


def settings_with(monkeypatch, folder, **variables):
    """Return all settings of a server with these environment variables alone."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in {"GREENROOM_DATA": str(folder), **variables}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(settings.BASE_DIR / "config" / "settings.py"))

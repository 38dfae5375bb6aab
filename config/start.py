"""Start a program of Greenroom."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def load_settings() -> None:
    """Read the settings; end the process with a sentence if an environment variable is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        # The first access to a setting reads all of them.
        _ = settings.DEBUG
    except ImproperlyConfigured as wrong:
        sys.exit(str(wrong))

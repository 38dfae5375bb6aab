"""Test clients share one middleware chain, as requests to a server do.

Django creates a new chain for each client, and WhiteNoise then scans every static file: ten times
the duration of most requests.
"""

from django.core.handlers.base import BaseHandler
from django.core.signals import setting_changed
from django.dispatch import receiver

_made = {}


def share_middleware(handler, is_async=False):
    """Give a client's handler the middleware that was created for the first one."""
    if not _made:
        before = set(vars(handler))
        BaseHandler.load_middleware(handler, is_async)
        _made.update({name: vars(handler)[name] for name in vars(handler).keys() - before})
    vars(handler).update(_made)


@receiver(setting_changed)
def _make_anew(**_):
    # Middleware may have read the old value of the setting.
    _made.clear()

"""Test clients share one chain of middleware, as the requests to a server do.

Django's own make it anew for each client, and WhiteNoise then looks at every static file: that
takes ten times as long as most of the requests do.
"""

from django.core.handlers.base import BaseHandler
from django.core.signals import setting_changed
from django.dispatch import receiver

_made = {}


def share_middleware(handler, is_async=False):
    """Give a client's handler the middleware that was made for the first one."""
    if not _made:
        before = set(vars(handler))
        BaseHandler.load_middleware(handler, is_async)
        _made.update({name: vars(handler)[name] for name in vars(handler).keys() - before})
    vars(handler).update(_made)


@receiver(setting_changed)
def _make_anew(**_):
    # Middleware may have read what the setting was.
    _made.clear()

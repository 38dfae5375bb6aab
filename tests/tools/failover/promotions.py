"""Watch which PostgreSQL accepts writes, with a connection to each one."""

import threading
import time

import psycopg

# Seconds between two queries of a node.
EVERY = 0.02


class Promotions:
    """Records when each node ends its recovery, until the `with` block ends."""

    def __init__(self, urls):
        self.urls = urls
        # The monotonic time and the node of each promotion.
        self.seen = []
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._watch, args=item, daemon=True) for item in urls.items()
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self._ending.set()

    def after(self, moment):
        """Return the time of the first promotion after `moment`, or None."""
        return next((at for at, _ in list(self.seen) if at > moment), None)

    def primary_url(self):
        """Return the URL of the node that was promoted last."""
        return self.urls[self.seen[-1][1]]

    def _watch(self, node, url):
        while not self._ending.wait(EVERY):
            try:
                with psycopg.connect(url, connect_timeout=2, autocommit=True) as connection:
                    self._poll(node, connection)
            except psycopg.Error:
                continue

    def _poll(self, node, connection):
        before = None
        while not self._ending.wait(EVERY):
            now = connection.execute("SELECT pg_is_in_recovery()").fetchone()[0]
            if before and not now:
                self.seen.append((time.monotonic(), node))
            before = now

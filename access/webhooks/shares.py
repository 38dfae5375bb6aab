"""Share the threads of a dispatcher fairly among projects."""

import threading
from collections import Counter
from uuid import UUID


class ThreadShares:
    """Counts the busy threads of each project.

    A project gets another thread only while more threads are free than it uses. So one project
    uses at most half of them, the next one at most half of the rest, and a thread stays free for a
    project that has none.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._busy: Counter[UUID] = Counter()
        self._lock = threading.Lock()

    def take(self, project_id: UUID) -> bool:
        """Take a thread for a project; return False if the project has its share."""
        with self._lock:
            free = self._threads - self._busy.total()
            if self._busy[project_id] >= free:
                return False
            self._busy[project_id] += 1
            return True

    def release(self, project_id: UUID) -> None:
        with self._lock:
            self._busy[project_id] -= 1
            # Unary plus drops the projects without a thread.
            self._busy = +self._busy

    def has_free(self) -> bool:
        with self._lock:
            return self._busy.total() < self._threads

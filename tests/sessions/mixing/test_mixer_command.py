"""The process of a mixer: it starts with its settings only, and ends cleanly."""

import pytest
from django.core.management import CommandError, call_command

from sessions.models.worker_process import WorkerProcess
from sessions.worker.monitoring import last_beat, workers_at_work
from tests.support.processes import end, eventually
from tests.support.server import spawn


def test_mixer_needs_its_setting(settings):
    settings.MIXER = False

    with pytest.raises(CommandError, match="MIXER=true"):
        call_command("mixer")


def test_mixer_ends_cleanly_and_counts_as_no_worker(server_env, transactional_db):
    process = spawn({**server_env, "MIXER": "true"}, "manage.py", "mixer")
    eventually(WorkerProcess.objects.exists)

    assert not workers_at_work(WorkerProcess.objects.get().beat_at).exists()
    assert last_beat() is None
    assert end(process) == 0
    assert WorkerProcess.objects.get().ended_at is not None

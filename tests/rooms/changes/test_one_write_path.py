"""One write path: the source code is searched for every other way to write a room."""

import ast
import re

import pytest

from tests.support.source import TREES

WRITES = {
    *("save", "asave", "save_base", "update", "aupdate", "delete", "adelete", "create", "acreate"),
    *("bulk_create", "abulk_create", "bulk_update", "abulk_update", "get_or_create"),
    *("aget_or_create", "update_or_create", "aupdate_or_create", "_raw_delete", "raw", "execute"),
}

# Each allowed write, by the expression before the call, with its reason.
ALLOWED = {
    "rooms/changes/engine.py": {
        "change.room.save": "a room, with its history in the same transaction: a new one, or a"
        " locked one's fields that moved",
        "room.delete": "a locked room, with its history",
        "Room.objects.bulk_create": "new rooms; locked ones, by inserts that become updates",
    },
    "rooms/changes/audit.py": {"RoomChange.objects.bulk_create": "history"},
    "rooms/models/history.py": {"super().save": "writes a new row; refuses to write an old one"},
    "rooms/models/idempotent_call.py": {
        "cls.objects.create": "a keyed call",
        "cls.objects.filter().delete": "keyed calls of yesterday",
        "IdempotentCall.objects.filter().update": "the answer of a keyed call",
        "mine.update": "a keyed call that is taken up again",
    },
    "sessions/lifecycle/admission.py": {
        "session.save": "a session that begins, or that is no longer empty; under the room's lock",
        "member.save": "a new stay",
    },
    "sessions/lifecycle/departure_steps.py": {
        "_rows().update": "locked sessions that end, or are empty from now on",
        "Member.objects.filter().update": "when and why members of locked sessions left",
    },
    "sessions/lifecycle/live_settings.py": {
        "session.save": "a locked session, with the settings that moved",
        "Member.objects.bulk_update": "when its members must be out",
    },
    "sessions/worker/runner.py": {
        "self.process.save": "that a worker is there",
        "WorkerProcess.objects.filter().update": "that it ended",
        "WorkerProcess.objects.filter().delete": "workers of last week",
    },
    "sessions/lifecycle/events.py": {"SessionEvent.objects.bulk_create": "what happened"},
    "rooms/models/job.py": {
        "self.save": "a job that is taken up",
        "mine.update": "how far a job is, by the worker that has it",
        "ready.update": "a preview that is answered",
        "stoppable.update": "a job that is to stop",
        "failed.update": "a job that is to go on",
        "Job.objects.filter().exclude().delete": "jobs of last week",
    },
    "rooms/jobs/create.py": {
        "job.save": "a new job",
        "JobRow.objects.bulk_create": "the rooms of a new job, as what they are to become",
    },
    "rooms/jobs/rows.py": {
        "JobRow.objects.bulk_create": "what became of a job's rooms: inserts that become updates",
    },
    "rooms/jobs/run.py": {"counts.update": "a counter"},
    "sessions/models/event.py": {"super().save": "writes a new event; refuses to write an old one"},
    "rooms/management/commands/prune_history.py": {
        "RoomChange.objects.filter().delete": "old history, on an operator's word",
    },
    "rooms/api/rooms.py": {"self.update": "the view's own method, which calls change_room"},
    "rooms/bulk/import_plan.py": {"found.update": "a dict"},
    "rooms/models/saved_view.py": {"self.save": "a view that a person keeps"},
    "rooms/pages/room_list/views.py": {"found.delete": "a view that a person keeps"},
    "sessions/demo/rooms.py": {
        "Project.objects.create": "the demo's project",
    },
    "sessions/demo/sessions.py": {
        "RoomSession.objects.bulk_create": "the demo's sessions, as they would be by joining",
        "Member.objects.bulk_create": "and who was and is inside",
    },
    "sessions/media/seats.py": {
        "MediaRoom.objects.get_or_create": "what the media server is about to hear",
        "MediaSeat.objects.update_or_create": "what the media server is about to hear",
    },
    "sessions/models/media.py": {"self.filter().update": "when to look at it again"},
    "sessions/media/sync.py": {
        "server.create": "a room on the media server",
        "media_server().update": "a room on the media server",
        "room.delete": "a MediaRoom that the media server has forgotten",
        "MediaRoom.objects.filter().update": "what the media server was told",
        "mine.update": "who looks at it",
        "_in_need().update": "when to look at it again",
        "unchanged.update": "when to look at it again",
        "_staying().update": "until when members are expected there",
        "room.seats.filter().update": "who has turned up there",
        "room.seats.filter().delete": "whom the media server has forgotten",
    },
    "sessions/media/janus.py": {"self.create": "a room in Janus, not in our tables"},
    "access/rate_limits.py": {"cursor.execute": "how often a token calls"},
    "access/database/prepared_queries.py": {"cursor.execute": "queries, which the ORM wrote"},
    "access/database/replica.py": {"cursor.execute": "how far the replica is"},
    "access/management/commands/migrate.py": {"cursor.execute": "limits of a connection, no row"},
    "config/monitoring/gauges.py": {"cursor.execute": "counts, which it reads"},
    "rooms/changes/sql.py": {
        "cursor.execute": "a change and its history, for rooms/changes/engine.py"
    },
    "access/models.py": {
        "token.save": "a token",
        "ApiToken.objects.filter().update": "when a token was used, wrote, or was revoked",
    },
    "access/admin/projects.py": {
        "projects.filter().update": "projects",
    },
    "access/webhooks/models.py": {
        "self.save": "an endpoint: its secret rotated, itself disabled or enabled",
        "ended.update": "deliveries to be sent once more",
    },
    "access/webhooks/outbox.py": {
        "WebhookEvent.objects.bulk_create": "what is to be told",
        "WebhookDelivery.objects.bulk_create": "to whom",
    },
    "access/admin/api_tokens.py": {"tokens.filter().update": "tokens that are revoked"},
    "access/admin/webhooks.py": {"obj.save": "an endpoint, with the fields that the form moved"},
    "access/api/webhooks.py": {
        "endpoint.save": "an endpoint, locked",
        "endpoint.delete": "an endpoint, with its log",
    },
    "access/webhooks/pruning.py": {"WebhookEvent.objects.filter().delete": "events of last month"},
    "access/webhooks/delivery.py": {
        "free.update": "whose turn it is at an endpoint",
        "mine.update": "the end of a turn",
        "WebhookAttempt.objects.create": "the log of calls",
        "delivery.save": "what became of a delivery",
        "endpoint.save": "how an endpoint fares",
    },
    "access/management/commands/create_token.py": {"project.save": "a project"},
}


def on_what(node):
    """Return the callee in short form: Room.objects.filter().update."""
    if isinstance(node, ast.Attribute):
        return f"{on_what(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{on_what(node.func)}()"
    return getattr(node, "id", f"<{type(node).__name__.lower()}>")


def writes(tree):
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        on_what(call)
        for call in calls
        if isinstance(call, ast.Attribute) and call.attr in WRITES and not _is_a_builtin(call)
    }


def _is_a_builtin(call):
    # Literals and comprehensions make sets, dicts or hashes, which are no querysets.
    return isinstance(call.value, ast.Dict | ast.Set | ast.DictComp | ast.SetComp)


every_file = pytest.mark.parametrize("path", TREES)


@every_file
def test_only_rooms_changes_writes_rooms(path):
    unknown = writes(TREES[path]) - ALLOWED.get(path, {}).keys()

    assert not unknown, (
        f"{path} writes past rooms/changes/engine.py, or has no reason here: {unknown}"
    )


def test_every_allowed_write_still_exists():
    for path, reasons in ALLOWED.items():
        assert writes(TREES[path]) == reasons.keys(), path


def test_only_rooms_changes_refers_to_write_methods_of_rooms():
    a_room = re.compile(r"(?<!\w)Room\.objects")
    naming = {path for path in TREES if any(map(a_room.search, writes(TREES[path])))}

    assert naming == {"rooms/changes/engine.py"}


@pytest.mark.parametrize(
    "source",
    [
        "room.save()",
        "Room(name='x').save()",
        "Room.objects.create(name='x')",
        "Room.objects.filter(pk=1).update(name='x')",
        "project.rooms.all().delete()",
        "get_room().save(update_fields=[])",
        "rooms[0].save()",
        "cursor.execute('UPDATE rooms_room')",
        "Room.objects.using('x').bulk_update([], [])",
        "async def f():\n    await room.asave()",
    ],
)
def test_every_spelling_of_a_write_is_found(source):
    assert writes(ast.parse(source))


@every_file
def test_no_file_uses_star_imports(path):
    stars = [
        node
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)
    ]

    assert not stars

"""The allowed writes, by file and expression, each with its reason."""

# Each allowed write, by the expression before the call, with its reason.
ALLOWED = {
    "rooms/changes/engine.py": {
        "change.room.save": "the changed fields of a locked room, with its history",
        "room.sessions.update": "the past sessions of a room that is deleted",
        "room.delete": "a locked room, with its history",
    },
    "rooms/changes/creation.py": {
        "change.room.save": "a new room, with its history in the same transaction",
        "Room.objects.bulk_create": "new rooms",
        "former.update": "the past sessions of a deleted room that is restored",
    },
    "rooms/changes/chunks.py": {"Room.objects.bulk_create": "locked rooms, with upserts"},
    "rooms/changes/folding.py": {
        "rows.filter().update": "the folded name of a row that an older release wrote",
    },
    "rooms/changes/audit.py": {"RoomChange.objects.bulk_create": "history"},
    "rooms/models/history.py": {"super().save": "writes a new row; refuses to write an old one"},
    "access/idempotent_calls/calls.py": {
        "call.save": "a request with an idempotency key, with its response",
        "IdempotentCall.objects.create": "a bulk request with an idempotency key",
        "IdempotentCall.objects.filter().update": "such a request that failed",
        "running.update": "the response of such a request",
        "mine.update": "such a request when it is continued",
    },
    "access/idempotent_calls/bounds.py": {
        "fitting.update": "the count of a project's calls and bytes",
        "usage.save": "the count of a project's calls and bytes",
        "usage.delete": "the count of a project without calls",
        "locking.get_or_create": "the count of a project without calls before",
        "IdempotentCall.objects.filter().delete": "keys older than a day, or of undone effects",
        "IdempotentCall.objects.filter().update": "old answers that give way to newer ones",
    },
    "sessions/lifecycle/admission.py": {
        "session.save": "a session that begins or is joined again; the room is locked",
        "member.save": "a new member",
    },
    "sessions/lifecycle/departure_steps.py": {
        "_rows().update": "locked sessions that end or become empty",
        "Member.objects.filter().update": "leave time and reason of members in locked sessions",
    },
    "sessions/lifecycle/blocks.py": {
        "member.save": "the block of a former member, whose session is locked",
        "blocked_by().update": "the end of a token's block",
    },
    "sessions/lifecycle/live_settings.py": {
        "session.save": "a locked session with its changed settings",
        "Member.objects.bulk_update": "the leave times of its members",
    },
    "sessions/worker/runner.py": {
        "self.process.save": "the heartbeat of a worker",
        "WorkerProcess.objects.filter().update": "the end of a worker",
    },
    "sessions/lifecycle/refused_attempts.py": {
        "cursor.execute": "refused attempts and their counts",
    },
    "sessions/lifecycle/events.py": {"SessionEvent.objects.bulk_create": "events of sessions"},
    "rooms/models/job.py": {
        "self.save": "a job claimed by a worker",
        "mine.update": "the progress of a job, by its worker",
        "ready.update": "a preview that is applied",
        "stoppable.update": "the request to stop a job",
        "failed.update": "a failed job that is restarted",
    },
    "rooms/jobs/create.py": {
        "job.save": "a new job",
        "JobRow.objects.bulk_create": "the rooms of a new job with their new values",
    },
    "rooms/jobs/rows.py": {
        "JobRow.objects.bulk_create": "the results of a job's rooms, with upserts",
    },
    "rooms/jobs/run.py": {"counts.update": "a counter"},
    "sessions/models/event.py": {"super().save": "writes a new event; refuses to write an old one"},
    "rooms/api/rooms.py": {"self.update": "the view's own method, which calls change_room"},
    "rooms/bulk/import_plan.py": {"found.update": "a dict"},
    "rooms/models/saved_view.py": {"self.save": "a saved view of a user"},
    "rooms/pages/room_list/saved_views.py": {"found.delete": "a saved view of a user"},
    "sessions/media/recordings.py": {
        "Recording.objects.create": "a recording, with the event of its start",
        "recording.save": "the end of a recording",
        "Recording.objects.filter().update": "the state of a recording whose session is locked",
        "Composition.objects.create": "a film that a mixer composes",
        "held.update": "a finished film, by the mixer that holds it",
    },
    "sessions/media/compositions.py": {
        "one.compositions.create": "another film of a recording whose session is locked",
        "film.save": "a film that is deleted; its session is locked",
        "recording.save": "the state that the films give to a recording",
    },
    "sessions/media/deletion.py": {
        "recording.save": "the state of a recording whose session is locked",
        "one.compositions.filter().update": "the films that a deletion stops",
        "stopped.update": "the films that start again",
    },
    "sessions/mixing/composing.py": {
        "waiting.update": "a film that a mixer takes",
        "held.update": "the progress of a film, by its mixer",
        "_held().update": "a film that a mixer puts back",
    },
    "sessions/mixing/removing.py": {"one.save": "the time at which files were removed"},
    "sessions/mixing/previews.py": {
        "waiting.update": "a preview that a mixer takes",
        "_held_by().update": "a picture, by the mixer that holds its row",
        "held.update": "the end of a picture in a session in which nobody sends",
        "held.delete": "the preview of a session whose previews are off",
        "RoomSession.objects.filter().update": "the time of a session's newest picture",
    },
    "sessions/mixing/shots.py": {"<subscript>.save": "an image in memory, no row"},
    "sessions/models/preview.py": {"self.bulk_create": "the previews of live sessions"},
    "sessions/media/previews.py": {
        "Preview.objects.filter().delete": "the previews of ended sessions",
        "kept.filter().update": "pictures that no mixer has renewed",
    },
    "sessions/mixing/cameras.py": {"av.CodecContext.create": "a decoder of pictures"},
    "sessions/mixing/sound.py": {"av.CodecContext.create": "a decoder of sound"},
    "sessions/demo/rooms.py": {
        "Project.objects.create": "the demo's project",
    },
    "sessions/demo/sessions.py": {
        "RoomSession.objects.bulk_create": "the demo's sessions, as if users had joined",
        "Member.objects.bulk_create": "the demo's members",
    },
    "sessions/media/seats.py": {
        "MediaRoom.objects.get_or_create": "the room or seat before the media server is called",
        "MediaSeat.objects.update_or_create": "the room or seat before the media server is called",
    },
    "sessions/models/media.py": {"self.filter().update": "the time of the next sync"},
    "sessions/media/sync.py": {
        "server.create": "a room on the media server",
        "media_server().update": "a room on the media server",
        "room.delete": "a MediaRoom that was removed from the media server",
        "MediaRoom.objects.filter().update": "the settings sent to the media server",
        "mine.update": "the lock of a sync",
        "_due().update": "the time of the next sync",
        "unchanged.update": "the time of the next sync",
        "_staying().update": "the time until which members may connect",
        "room.seats.filter().update": "seats of members who have connected",
        "room.seats.filter().delete": "seats that were removed from the media server",
    },
    "sessions/media/janus.py": {"self.create": "a room in Janus, not in our tables"},
    "access/database/name_locks.py": {"cursor.execute": "a lock on a name, no row"},
    "access/database/online_migrations.py": {
        "schema_editor.execute": "indexes and constraints of migrations, no row"
    },
    "access/database/batches.py": {"rows.filter().order_by().delete": "rows that are too old"},
    "rooms/management/commands/prune_history.py": {
        "old.delete": "old history, by an operator's command"
    },
    "access/credentials/pauses.py": {
        "cursor.execute": "failures of an account or an address",
        "FailureCount.objects.filter().delete": "the failures before a success",
        "counted.update": "the failure that was counted before a success",
    },
    "access/credentials/sign_ins.py": {
        "SignInRecord.objects.create": "a checked password",
    },
    "access/credentials/staff_sessions.py": {
        "StaffSession.objects.filter().update": "the last use of a session",
        "_sessions_of().exclude().delete": "sessions that a user ends",
        "row.delete": "a session that a user ends",
        "request.session.update": "the data of a session",
    },
    "access/rate_limits.py": {"cursor.execute": "the request count of a token"},
    "access/database/postgresql/base.py": {"self.connection.execute": "a setting that is read"},
    "access/database/prepared_queries.py": {"cursor.execute": "queries built by the ORM"},
    "access/database/replica_connections.py": {"cursor.execute": "the replica's position"},
    "access/management/commands/migrate.py": {"cursor.execute": "timeouts of a connection, no row"},
    "config/monitoring/probes.py": {"cursor.execute": "a setting that is only read"},
    "config/monitoring/gauges.py": {"cursor.execute": "counts that are only read"},
    "rooms/changes/sql.py": {
        "cursor.execute": "a change and its history, for rooms/changes/engine.py"
    },
    "access/models.py": {
        "token.save": "a token",
        "ApiToken.objects.filter().update": "times of a token: used, wrote, revoked",
    },
    "access/admin/projects.py": {
        "projects.filter().update": "projects",
    },
    "access/webhooks/models/endpoint.py": {
        "self.save": "the number of failures of an endpoint",
        "WebhookEndpoint.objects.filter().update": "an endpoint with its next version",
    },
    "access/webhooks/models/delivery.py": {
        "ended.update": "deliveries to be sent again",
        "pending.update": "deliveries that a user gives up",
    },
    "access/webhooks/outbox.py": {
        "WebhookEvent.objects.bulk_create": "the events",
        "WebhookDelivery.objects.bulk_create": "their deliveries",
    },
    "access/api/project_tokens.py": {
        "made.save": "a new API token",
        "found.save": "the name and the scopes of an API token",
    },
    "sessions/media/reports.py": {
        "recording.compositions.create": "the film of a gateway",
    },
    "access/pages/tokens/forms.py": {"self.instance.save": "the edited fields of a token"},
    "access/pages/tokens/views.py": {"token.save": "a new token, with its entry in the log"},
    "access/pages/webhooks/endpoints.py": {"form.save": "a new endpoint"},
    "access/pages/webhooks/actions.py": {"endpoint.delete": "a locked endpoint, with its log"},
    "access/api/webhooks.py": {
        "endpoint.save": "a new endpoint",
        "self.get_endpoint().delete": "a locked endpoint, with its log",
    },
    "access/webhooks/pruning.py": {
        "WebhookEvent.objects.filter().delete": "events older than a month"
    },
    "access/webhooks/leases.py": {
        "free.update": "the turn of a worker at an endpoint",
        "mine.update": "the end of a turn",
        "mine.filter().update": "the time of turns that last",
    },
    "access/webhooks/turns.py": {
        "WebhookAttempt.objects.create": "the log of calls",
        "delivery.save": "the result of a delivery",
    },
    "access/management/commands/create_token.py": {"project.save": "a project"},
}

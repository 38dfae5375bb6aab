"""The same call written by hand: FastAPI, asyncpg, pydantic. On the same tables.

With our guarantees: the token looked up by its digest, the row locked, the whole room judged, the
version moved, the history in the same transaction, the same answer with its ETag. Without what
else ours has: dry runs, merges, webhooks, strict JSON, request ids, limits. Not made slow: one
connection a request, no reset between requests, prepared statements, JSON by pydantic's Rust.
"""

import base64
import hashlib
import hmac
import os
import re
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import asyncpg
from fastapi import FastAPI, Request, Response
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json, to_json

TOKEN = re.compile(r"gr_([0-9a-f]{12})_([A-Za-z0-9_-]{43})\Z")
FIND_TOKEN = """
SELECT t.id, t.name, t.digest, t.expires_at, t.revoked_at, p.id AS project, p.is_active
FROM access_apitoken t JOIN access_project p ON p.id = t.project_id WHERE t.prefix = $1
"""
FIND_ROOM = """
SELECT r.*, s.id AS s_id, s.start_time AS s_start, s.status AS s_status FROM rooms_room r
LEFT JOIN room_sessions_roomsession s ON s.room_id = r.id AND s.end_time IS NULL
WHERE r.id = $1 AND r.project_id = $2
"""
LOCK_ROOM = FIND_ROOM + " FOR UPDATE OF r"
LIST_ROOMS = "SELECT * FROM rooms_room WHERE project_id = $1 ORDER BY id DESC LIMIT 50"
WRITE = """
WITH changed AS (
    UPDATE rooms_room SET {settings}, version = $2, updated_at = $3 WHERE id = $1 RETURNING 1
)
INSERT INTO rooms_roomchange (at, project_id, room_id, room_name, version, action, changes,
    author_kind, author_id, author_name, door, request_id)
SELECT $3, $4, $1, $5, $2, 'changed', $6::jsonb, 'token', $7, $8, 'api', $9 FROM changed
"""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class Settings(BaseModel):
    """All that may be set, judged strictly and as a whole."""

    model_config = ConfigDict(strict=True, extra="ignore")

    display_name: Line
    description: Annotated[str, StringConstraints(max_length=3000)] | None
    max_members: Annotated[int, Field(ge=1, le=300)]
    quality: Literal["720p", "1080p"]
    join_from: Annotated[datetime, Field(strict=False)] | None
    join_until: Annotated[datetime, Field(strict=False)] | None
    remove_at: Annotated[datetime, Field(strict=False)] | None
    remove_after_seconds_elapsed: Annotated[int, Field(ge=1, le=2**31 - 1)] | None
    layout: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]
    record_on_start: bool
    enable_room_previews: bool
    audio_video_sync: bool
    meta: dict[str, Any]

    @model_validator(mode="after")
    def ordered(self) -> "Settings":
        for end in (self.join_until, self.remove_at):
            if self.join_from and end and end <= self.join_from:
                raise ValueError("must be after join_from")
        if len(to_json(self.meta)) > 2000:
            raise ValueError("meta is too long")
        return self


@asynccontextmanager
async def lifespan(app: FastAPI):
    async def leave_it(connection):
        pass

    url = os.environ["DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=8, max_size=8, reset=leave_it) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.put("/api/video/rooms/{room}")
async def update(room: uuid.UUID, request: Request):
    sent = from_json(await request.body())
    async with app.state.pool.acquire() as db:
        token = await _token(db, request)
        if token is None:
            return _answer(401, {"error": "Unauthorized"})
        async with db.transaction():
            row = await db.fetchrow(LOCK_ROOM, room, token["project"])
            if row is None:
                return _answer(404, {"error": "Not Found"})
            before = {name: row[name] for name in Settings.model_fields}
            before["meta"] = from_json(before["meta"])
            try:
                judged = Settings.model_validate({**before, **sent})
            except ValidationError as wrong:
                return _answer(
                    422, {"errors": wrong.errors(include_url=False, include_input=False)}
                )
            after = dict(judged)
            moved = {name: value for name, value in after.items() if before[name] != value}
            if moved:
                await _write(db, row, (before, moved), token, request)
                changes = {"version": row["version"] + 1, "updated_at": datetime.now(UTC)}
                row = {**row, **moved, **changes, "meta": after["meta"]}
            else:
                row = {**row, "meta": before["meta"]}
    return _answer(200, _drawn(row), row["version"])


@app.get("/api/video/rooms/{room}")
async def retrieve(room: uuid.UUID, request: Request):
    async with app.state.pool.acquire() as db:
        token = await _token(db, request)
        if token is None:
            return _answer(401, {"error": "Unauthorized"})
        row = await db.fetchrow(FIND_ROOM, room, token["project"])
    if row is None:
        return _answer(404, {"error": "Not Found"})
    if request.headers.get("if-none-match") == f'"{row["version"]}"' and not row["s_id"]:
        return Response(status_code=304, headers={"ETag": f'"{row["version"]}"'})
    return _answer(200, _drawn({**row, "meta": from_json(row["meta"])}), row["version"])


@app.get("/api/video/rooms")
async def index(request: Request):
    async with app.state.pool.acquire() as db:
        token = await _token(db, request)
        if token is None:
            return _answer(401, {"error": "Unauthorized"})
        rows = await db.fetch(LIST_ROOMS, token["project"])
    drawn = [_drawn({**row, "meta": from_json(row["meta"]), "s_id": None}) for row in rows]
    return _answer(200, {"links": {}, "data": drawn})


async def _token(db, request):
    kind, _, credentials = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    project, _, secret = base64.b64decode(credentials).decode().partition(":")
    match = TOKEN.match(secret)
    row = await db.fetchrow(FIND_TOKEN, match[1]) if match else None
    if row is None or str(row["project"]) != project or row["revoked_at"] or not row["is_active"]:
        return None
    if row["expires_at"] and row["expires_at"] <= datetime.now(UTC):
        return None
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return row if hmac.compare_digest(digest, row["digest"]) else None


async def _write(db, row, change, token, request):
    before, moved = change
    stored = {n: to_json(v).decode() if n == "meta" else v for n, v in moved.items()}
    statement = WRITE.format(settings=", ".join(f"{n} = ${i}" for i, n in enumerate(stored, 10)))
    changes = to_json({name: [before[name], value] for name, value in moved.items()}).decode()
    await db.execute(
        statement, row["id"], row["version"] + 1, datetime.now(UTC), row["project_id"],
        row["name"], changes, str(token["id"]), token["name"],
        request.headers.get("x-request-id") or str(uuid.uuid4()), *stored.values(),
    )  # fmt: skip


def _drawn(row):
    names = ("id", "name", *Settings.model_fields, "fps", "created_at", "updated_at")
    drawn = {name: row[name] for name in names}
    drawn["sync_audio_video"] = row["audio_video_sync"]
    drawn["active_session"] = row["s_id"] and {
        "id": row["s_id"], "start_time": row["s_start"], "status": row["s_status"]
    }  # fmt: skip
    return drawn


def _answer(status, body, version=None):
    headers = {"ETag": f'"{version}"'} if version else {}
    return Response(to_json(body), status, headers, media_type="application/json")

"""PUT, GET and the list of rooms on our tables, with what ours promises, without Django."""

import json
import os
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
from fastapi import FastAPI, HTTPException, Request
from pydantic import ValidationError

from tests.tools.bench.by_hand import statements as sql
from tests.tools.bench.by_hand.answers import (
    drawn,
    page,
    refused,
    request_id,
    room_answer,
    unchanged,
)
from tests.tools.bench.by_hand.caller import Caller
from tests.tools.bench.by_hand.models import SETTINGS, Edit, judge_windows


@asynccontextmanager
async def lifespan(app):
    url = os.environ["DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=8, max_size=8, reset=_nothing) as pool:
        app.state.pool = pool
        yield


async def _nothing(connection):
    # Nothing here leaves a mark on a connection: to wipe it each time is a statement more.
    pass


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/api/video/rooms/{room_id}")
async def get_room(request: Request, row: Caller):
    _need_room(row)
    known = request.headers.get("if-none-match")
    if known == f'"{row["version"]}"' and not row["was_seen"]:
        return unchanged(request, row["version"])
    return room_answer(request, drawn(row), row["version"])


@app.get("/api/video/rooms")
async def list_rooms(
    request: Request, token: Caller, page_token: str = "", quality: str = "", search: str = ""
):
    asked = {"quality": quality, "search": search and sql.like(search)}
    if page_token:
        asked["before"] = uuid.UUID(page_token[2:])
    asked = {name: value for name, value in asked.items() if value}
    statement = sql.page(tuple(asked))
    rows = await request.app.state.pool.fetch(statement, token["token_project_id"], *asked.values())
    return page(request, rows)


@app.put("/api/video/rooms/{room_id}")
async def put_room(request: Request, token: Caller):
    request.state.id = request_id(request)
    try:
        edit = Edit.model_validate_json(await request.body())
        return await _changed(request, token, edit)
    except ValidationError as wrong:
        return refused(request, wrong.errors())
    except ValueError as wrong:
        return refused(request, [{"loc": (), "msg": str(wrong)}])


async def _changed(request, token, edit):
    pool = request.app.state.pool
    _need_room(token)
    answer = await _written(pool, request, token, token, edit)
    if answer is not None:
        return answer
    # Somebody was quicker: in turn, then.
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(sql.ROOM_LOCKED, token["project_id"], token["id"])
        _need_room(row)
        return await _written(connection, request, token, row, edit)


async def _written(database, request, token, row, edit):
    """Answer with the room as it is then, or None if it is no more what was read."""
    _hold(request, token, row)
    before = {name: row[name] for name in SETTINGS}
    before["meta"] = json.loads(before["meta"])
    sent = _sent(edit, row)
    judge_windows({**before, **sent})
    moved = {name: value for name, value in sent.items() if value != before[name]}
    room = drawn(row)
    if not moved:
        return room_answer(request, room, row["version"])
    now = max(datetime.now(UTC), row["updated_at"])
    changes = {name: [before[name], value] for name, value in moved.items()}
    author = ("token", str(token["token_id"]), token["token_name"], request.state.id)
    entry = (json.dumps(changes, default=_as_json), *author)
    if not await _write(database, row, moved, now, entry):
        return None
    if "audio_video_sync" in moved:
        moved["sync_audio_video"] = moved["audio_video_sync"]
    room = room.model_copy(update={**moved, "updated_at": now})
    return room_answer(request, room, row["version"] + 1)


async def _write(database, row, moved, now, entry):
    values = [json.dumps(value) if name == "meta" else value for name, value in moved.items()]
    return await database.fetchval(
        sql.change(tuple(moved)),
        *(row["id"], row["version"], now, row["project_id"], row["name"], row["version"] + 1),
        *(*entry, *values),
    )


def _need_room(row):
    if row is None or row["id"] is None:
        raise HTTPException(404)


def _hold(request, token, row):
    match = request.headers.get("if-match")
    if match is None and token["requires_if_match"]:
        raise HTTPException(428)
    if match not in (None, "*", f'"{row["version"]}"'):
        raise HTTPException(412, headers={"ETag": f'"{row["version"]}"'})


def _sent(edit, row):
    sent = {name: getattr(edit, name) for name in edit.model_fields_set}
    newer = sent.pop("sync_audio_video", None)
    old = row["audio_video_sync"]
    if newer is not None and sent.get("audio_video_sync", old) is old:
        sent["audio_video_sync"] = newer
    if sent.pop("name", row["name"]) != row["name"]:
        raise ValueError("name is fixed once a room is created.")
    # What null stands for.
    for name, default in (("display_name", row["name"]), ("meta", {})):
        if name in sent and sent[name] is None:
            sent[name] = default
    return sent


def _as_json(value):
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")

"""PUT, GET and the list of rooms on our tables: our guarantees without Django."""

import json
import os
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
from fastapi import FastAPI, HTTPException, Request
from pydantic import ValidationError

from tests.tools.bench.by_hand import statements as sql
from tests.tools.bench.by_hand.caller import Caller
from tests.tools.bench.by_hand.models import SETTINGS, Edit, validate_windows
from tests.tools.bench.by_hand.responses import (
    invalid,
    page,
    request_id,
    room_response,
    serialize_room,
    unchanged,
)


@asynccontextmanager
async def lifespan(app):
    url = os.environ["DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=8, max_size=8, reset=_no_reset) as pool:
        app.state.pool = pool
        yield


async def _no_reset(connection):
    # No request changes the state of its connection, so a reset would be a superfluous statement.
    pass


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/api/video/rooms/{room_id}")
async def get_room(request: Request, row: Caller):
    _require_room(row)
    etag = request.headers.get("if-none-match")
    if etag == f'"{row["version"]}"' and not row["was_seen"]:
        return unchanged(request, row["version"])
    return room_response(request, serialize_room(row), row["version"])


@app.get("/api/video/rooms")
async def list_rooms(
    request: Request, token: Caller, page_token: str = "", quality: str = "", search: str = ""
):
    filters = {"quality": quality, "search": search and sql.like(search)}
    if page_token:
        filters["before"] = uuid.UUID(page_token[2:])
    filters = {name: value for name, value in filters.items() if value}
    statement = sql.page(tuple(filters))
    rows = await request.app.state.pool.fetch(
        statement, token["token_project_id"], *filters.values()
    )
    return page(request, rows)


@app.put("/api/video/rooms/{room_id}")
async def put_room(request: Request, token: Caller):
    request.state.id = request_id(request)
    try:
        edit = Edit.model_validate_json(await request.body())
        return await _change_room(request, token, edit)
    except ValidationError as error:
        return invalid(request, error.errors())
    except ValueError as error:
        return invalid(request, [{"loc": (), "msg": str(error)}])


async def _change_room(request, token, edit):
    pool = request.app.state.pool
    _require_room(token)
    response = await _try_to_change(pool, request, token, token, edit)
    if response is not None:
        return response
    # Another request changed the room first: retry with a lock on the row.
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(sql.ROOM_LOCKED, token["project_id"], token["id"])
        _require_room(row)
        return await _try_to_change(connection, request, token, row, edit)


async def _try_to_change(database, request, token, row, edit):
    """Return a response with the changed room, or None after a concurrent change."""
    _check_preconditions(request, token, row)
    before = {name: row[name] for name in SETTINGS}
    before["meta"] = json.loads(before["meta"])
    values = _values(edit, row)
    validate_windows({**before, **values})
    changed = {name: value for name, value in values.items() if value != before[name]}
    room = serialize_room(row)
    if not changed:
        return room_response(request, room, row["version"])
    now = max(datetime.now(UTC), row["updated_at"])
    changes = {name: [before[name], value] for name, value in changed.items()}
    author = ("token", str(token["token_id"]), token["token_name"], request.state.id)
    entry = (json.dumps(changes, default=_as_json), *author)
    if not await _write(database, row, changed, now, entry):
        return None
    if "audio_video_sync" in changed:
        changed["sync_audio_video"] = changed["audio_video_sync"]
    room = room.model_copy(update={**changed, "updated_at": now})
    return room_response(request, room, row["version"] + 1)


async def _write(database, row, changed, now, entry):
    values = [json.dumps(value) if name == "meta" else value for name, value in changed.items()]
    return await database.fetchval(
        sql.change(tuple(changed)),
        *(row["id"], row["version"], now, row["project_id"], row["name"], row["version"] + 1),
        *(*entry, *values),
    )


def _require_room(row):
    if row is None or row["id"] is None:
        raise HTTPException(404)


def _check_preconditions(request, token, row):
    match = request.headers.get("if-match")
    if match is None and token["requires_if_match"]:
        raise HTTPException(428)
    if match not in (None, "*", f'"{row["version"]}"'):
        raise HTTPException(412, headers={"ETag": f'"{row["version"]}"'})


def _values(edit, row):
    values = {name: getattr(edit, name) for name in edit.model_fields_set}
    sync = values.pop("sync_audio_video", None)
    current = row["audio_video_sync"]
    if sync is not None and values.get("audio_video_sync", current) is current:
        values["audio_video_sync"] = sync
    if values.pop("name", row["name"]) != row["name"]:
        raise ValueError("name is fixed once a room is created.")
    # Null means the default.
    for name, default in (("display_name", row["name"]), ("meta", {})):
        if name in values and values[name] is None:
            values[name] = default
    return values


def _as_json(value):
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")

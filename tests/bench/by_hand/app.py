"""PUT, GET and the list of rooms on our tables, with what ours promises, without Django."""

import base64
import hashlib
import hmac
import json
import os
import re
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from tests.bench.by_hand import statements as sql
from tests.bench.by_hand.models import SETTINGS, Edit, Page, Room, Session, Settings

SECRET = re.compile(r"gr_([0-9a-f]{12})_[A-Za-z0-9_-]{43}\Z")
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}\Z")
# A room that others write all the time is tried so often.
TRIES = 10


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


async def caller(request: Request, authorization: Annotated[str, Header()] = ""):
    """Return the row of the token that calls; one answer for all that is wrong with one."""
    project, secret = _credentials(authorization)
    match = SECRET.match(secret)
    token = match and await request.app.state.pool.fetchrow(sql.TOKEN, match[1])
    now = datetime.now(UTC)
    if not token or not _works(token, project, secret, now):
        raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})
    if "video" not in json.loads(token["scopes"]):
        raise HTTPException(403)
    if not token["last_used_at"] or now - token["last_used_at"] >= timedelta(minutes=1):
        await request.app.state.pool.execute(sql.USED, token["id"])
    return token


Caller = Annotated[asyncpg.Record, Depends(caller)]


@app.get("/api/video/rooms/{room_id}")
async def get_room(request: Request, room_id: uuid.UUID, token: Caller):
    row = await _found(request, token, room_id)
    tag = f'"{row["version"]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return _answer(_drawn(row), row["version"], _request_id(request))


@app.get("/api/video/rooms")
async def list_rooms(request: Request, token: Caller, page_token: str = ""):
    pool, project = request.app.state.pool, token["project_id"]
    if page_token:
        rows = await pool.fetch(sql.PAGE_AFTER, project, uuid.UUID(page_token[2:]))
    else:
        rows = await pool.fetch(sql.FIRST_PAGE, project)
    rooms = [_drawn(row, has_session=False) for row in rows[: sql.PAGE]]
    links = {"self": str(request.url), "first": str(request.url.replace(query=""))}
    if len(rows) > sql.PAGE:
        links["next"] = f"{links['first']}?page_token=PA{rooms[-1].id}"
    page = Page.model_construct(links=links, data=rooms)
    return Response(page.model_dump_json(), media_type="application/json")


@app.put("/api/video/rooms/{room_id}")
async def put_room(request: Request, room_id: uuid.UUID, token: Caller):
    try:
        edit = Edit.model_validate_json(await request.body())
        return await _changed(request, token, room_id, edit)
    except ValidationError as wrong:
        return JSONResponse({"errors": [_fault(error) for error in wrong.errors()]}, 422)


async def _changed(request, token, room_id, edit):
    request.state.id = request_id = _request_id(request)
    for _ in range(TRIES):
        row = await _found(request, token, room_id)
        _hold(request, token, row)
        before = _settings(row)
        after = Settings.model_validate({**before, **_sent(edit, row)})
        moved = {
            name: getattr(after, name) for name in SETTINGS if getattr(after, name) != before[name]
        }
        room = _drawn(row)
        if not moved:
            return _answer(room, row["version"], request_id)
        now = max(datetime.now(UTC), row["updated_at"])
        if await _written(request, token, row, moved, now):
            moved["sync_audio_video"] = after.audio_video_sync
            room = room.model_copy(update={**moved, "updated_at": now})
            return _answer(room, row["version"] + 1, request_id)
    raise HTTPException(503)


async def _written(request, token, row, moved, now):
    values = [json.dumps(value) if name == "meta" else value for name, value in moved.items()]
    before = _settings(row)
    changes = {name: [before[name], value] for name, value in moved.items()}
    return await request.app.state.pool.fetchval(
        sql.change(tuple(moved)),
        *(row["id"], row["version"], now, token["project_id"], row["name"], row["version"] + 1),
        *(json.dumps(changes, default=_as_json), "token", str(token["id"]), token["name"]),
        *(request.state.id, *values),
    )


async def _found(request, token, room_id):
    row = await request.app.state.pool.fetchrow(sql.ROOM, token["project_id"], room_id)
    if row is None:
        raise HTTPException(404)
    return row


def _hold(request, token, row):
    match = request.headers.get("if-match")
    if match is None and token["requires_if_match"]:
        raise HTTPException(428)
    if match not in (None, "*", f'"{row["version"]}"'):
        raise HTTPException(412, headers={"ETag": f'"{row["version"]}"'})


def _sent(edit, row):
    sent = {name: getattr(edit, name) for name in edit.model_fields_set}
    newer = sent.pop("sync_audio_video", None)
    if (
        newer is not None
        and sent.get("audio_video_sync", row["audio_video_sync"]) is (row["audio_video_sync"])
    ):
        sent["audio_video_sync"] = newer
    if sent.pop("name", row["name"]) != row["name"]:
        raise HTTPException(422, "name is fixed once a room is created.")
    # What null stands for.
    for name, default in (("display_name", row["name"]), ("meta", {})):
        if name in sent and sent[name] is None:
            sent[name] = default
    return sent


def _settings(row):
    return {name: json.loads(row[name]) if name == "meta" else row[name] for name in SETTINGS}


def _drawn(row, has_session=True):
    session = None
    if has_session and row["session_id"]:
        parts = {name: row[f"session_{name}"] for name in sql.OF_SESSION}
        session = Session.model_construct(**parts, duration=None)
    own = {name: row[name] for name in sql.OWN}
    own["meta"] = json.loads(own["meta"])
    own["sync_audio_video"] = own["audio_video_sync"]
    # From our own tables, whose CHECKs have judged it.
    return Room.model_construct(**own, active_session=session)


def _answer(room, version, request_id):
    headers = {"ETag": f'"{version}"', "X-Request-Id": request_id}
    return Response(room.model_dump_json(), media_type="application/json", headers=headers)


def _request_id(request):
    sent = request.headers.get("x-request-id", "")
    return sent if SANE_REQUEST_ID.match(sent) else str(uuid.uuid4())


def _credentials(header):
    kind, _, text = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        project, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return project, secret


def _works(token, project, secret, now):
    digest = hashlib.sha256(secret.encode()).hexdigest()
    expired = token["expires_at"] is not None and token["expires_at"] <= now
    return (
        hmac.compare_digest(token["digest"], digest)
        and str(token["project_id"]) == project.lower()
        and token["revoked_at"] is None
        and token["is_active"]
        and not expired
    )


def _fault(error):
    attribute = str(error["loc"][-1]) if error["loc"] else ""
    code = {"type": "validation_error", "code": "invalid_parameter", "attribute": attribute}
    return {**code, "message": error["msg"], "url": ""}


def _as_json(value):
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")

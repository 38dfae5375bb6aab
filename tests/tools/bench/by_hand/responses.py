"""Responses: a room, a page of rooms, and validation errors."""

import json
import re
import uuid

from fastapi import Response
from fastapi.responses import JSONResponse

from tests.tools.bench.by_hand import statements as sql
from tests.tools.bench.by_hand.models import Page, Room, Session

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}\Z")


def request_id(request):
    header = request.headers.get("x-request-id", "")
    return header if SANE_REQUEST_ID.match(header) else str(uuid.uuid4())


def serialize_room(row, has_session=True):
    session = None
    if has_session and row["session_id"]:
        parts = {name: row[f"session_{name}"] for name in sql.SESSION_COLUMNS}
        session = Session.model_construct(
            **parts,
            created_at=parts["start_time"],
            updated_at=row["session_last_event_at"] or parts["start_time"],
            sync_audio_video=parts["audio_video_sync"],
        )
    values = {name: row[name] for name in sql.ROOM_COLUMNS}
    values["meta"] = json.loads(values["meta"])
    values["sync_audio_video"] = values["audio_video_sync"]
    # The CHECKs of our tables have validated these values.
    return Room.model_construct(**values, active_session=session)


def room_response(request, room, version):
    return _json(request, room.model_dump_json(), ETag=f'"{version}"')


def unchanged(request, version):
    headers = {"ETag": f'"{version}"', "X-Request-Id": request_id(request)}
    return Response(status_code=304, headers=headers)


def page(request, rows):
    rooms = [serialize_room(row, has_session=False) for row in rows[: sql.PAGE_SIZE]]
    links = {"self": str(request.url), "first": str(request.url.remove_query_params("page_token"))}
    if len(rows) > sql.PAGE_SIZE:
        links["next"] = str(request.url.include_query_params(page_token=f"PA{rooms[-1].id}"))
    return _json(request, Page.model_construct(links=links, data=rooms).model_dump_json())


def invalid(request, errors):
    headers = {"X-Request-Id": request.state.id}
    return JSONResponse({"errors": [_error(error) for error in errors]}, 422, headers)


def _json(request, text, **headers):
    headers["X-Request-Id"] = getattr(request.state, "id", None) or request_id(request)
    return Response(text, media_type="application/json", headers=headers)


def _error(error):
    attribute = str(error["loc"][-1]) if error["loc"] else ""
    code = {"type": "validation_error", "code": "invalid_parameter", "attribute": attribute}
    return {**code, "message": error["msg"], "url": ""}

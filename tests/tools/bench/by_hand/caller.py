"""Authentication: the token's prefix and digest, its project, scope and networks.

One statement reads the token and the requested room.
"""

import base64
import hashlib
import hmac
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Annotated

import asyncpg
from fastapi import Depends, Header, HTTPException, Request

from tests.tools.bench.by_hand import statements as sql

SECRET = re.compile(r"gr_([0-9a-f]{12})_[A-Za-z0-9_-]{43}\Z")


async def caller(
    request: Request,
    authorization: Annotated[str, Header()] = "",
    room_id: uuid.UUID | None = None,
):
    """Return a row with the token and the room. Every invalid token gets the same response."""
    project, secret = _credentials(authorization)
    match = SECRET.match(secret)
    token = match and await _token_row(request, match[1], room_id)
    now = datetime.now(UTC)
    if not token or not _is_valid(token, project, secret, now):
        raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})
    if "video" not in json.loads(token["scopes"]) or not _allows_address(
        token, request.client.host
    ):
        raise HTTPException(403)
    if not token["last_used_at"] or now - token["last_used_at"] >= timedelta(minutes=1):
        await request.app.state.pool.execute(sql.TOKEN_USED, token["token_id"])
    return token


Caller = Annotated[asyncpg.Record, Depends(caller)]


async def _token_row(request, prefix, room_id):
    pool = request.app.state.pool
    if room_id is None:
        return await pool.fetchrow(sql.TOKEN, prefix)
    conditional = "if-none-match" in request.headers
    statement = sql.TOKEN_AND_ROOM_AND_SEEN if conditional else sql.TOKEN_AND_ROOM
    return await pool.fetchrow(statement, prefix, room_id)


def _credentials(header):
    kind, _, text = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        project, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return project, secret


def _is_valid(token, project, secret, now):
    digest = hashlib.sha256(secret.encode()).hexdigest()
    is_expired = token["expires_at"] is not None and token["expires_at"] <= now
    return (
        hmac.compare_digest(token["digest"], digest)
        and str(token["token_project_id"]) == project.lower()
        and token["revoked_at"] is None
        and token["is_active"]
        and not is_expired
    )


def _allows_address(token, address):
    networks = token["allowed_networks"].split()
    return not networks or any(ip_address(address) in ip_network(one) for one in networks)

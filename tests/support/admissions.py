"""Responses of an admission."""

from datetime import timedelta

HOUR = timedelta(hours=1)
ANSWER = [
    "member",
    "session",
    "leave_by",
    "join_as",
    "media_allowed",
    "join_audio_muted",
    "join_video_muted",
    "sync_audio_video",
    "permissions",
    "meta",
    "media",
]


def admitted(response):
    assert response.status_code == 200, response.content
    return response.json()


def refused(response, reason, retry_at=None):
    body = response.json()
    assert response.status_code == 403, body
    assert list(body) == ["error", "detail", "reason", "retry_at"]
    assert (body["error"], body["reason"], body["retry_at"]) == ("Forbidden", reason, retry_at)
    assert ("Retry-After" in response.headers) == (retry_at is not None)
    return body["detail"]

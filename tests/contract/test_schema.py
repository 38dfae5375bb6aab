"""The OpenAPI document is valid, public, and has the contract's limits."""

import pytest
from django.core.management import call_command

from config.openapi.views import EXAMPLE_ROOT
from tests.support.api import EVENT_KEYS, MEMBER_KEYS, ROOM_KEYS, SESSION_KEYS, ApiClient
from tests.support.openapi import DESCRIPTION, OPERATIONS, operation_of

pytestmark = pytest.mark.django_db


def test_document_is_valid_and_generated_without_warnings(tmp_path):
    # --validate uses OpenAPI's own schema for 3.1.
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "schema")


@pytest.mark.parametrize("query", ["", "?format=yaml", "?format=nonsense&version=%0D%0AX:1"])
def test_document_is_public_json(query):
    response = ApiClient().get(f"/api/schema{query}")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json()["openapi"] == "3.1.0"
    assert {**response.json(), "info": {}} == {**DESCRIPTION, "info": {}}


def test_examples_of_the_document_call_the_server_that_serves_it():
    text = ApiClient().get("/api/schema", HTTP_HOST="localhost:8443").json()["info"]["description"]

    assert "export GREENROOM=http://localhost:8443 PROJECT=" in text
    assert EXAMPLE_ROOT not in text


def test_operations_have_the_ids_for_generated_clients():
    assert {name: f"{method} {path}" for name, (method, path) in OPERATIONS.items()} == {
        "list_rooms": "get /api/video/rooms",
        "create_room": "post /api/video/rooms",
        "get_room": "get /api/video/rooms/{room}",
        "update_room": "put /api/video/rooms/{room}",
        "patch_room": "patch /api/video/rooms/{room}",
        "delete_room": "delete /api/video/rooms/{room}",
        "list_room_history": "get /api/video/rooms/{room}/history",
        "revert_room_change": "post /api/video/rooms/{room}/history/{change}/revert",
        "change_rooms": "post /api/video/rooms/bulk",
        "revert_bulk_change": "post /api/video/rooms/bulk/{bulk}/revert",
        "list_room_sessions": "get /api/video/room_sessions",
        "get_room_session": "get /api/video/room_sessions/{session}",
        "list_room_session_members": "get /api/video/room_sessions/{session}/members",
        "list_room_session_events": "get /api/video/room_sessions/{session}/events",
        "delete_room_session_member": "delete /api/video/room_sessions/{session}/members/{member}",
        "unblock_room_session_member": (
            "post /api/video/room_sessions/{session}/members/{member}/unblock"
        ),
        "admit_member": "post /api/video/room_sessions/admissions",
        "get_room_admission": "get /api/video/rooms/{room}/admission",
        "patch_room_session": "patch /api/video/room_sessions/{session}",
        "end_room_session": "post /api/video/room_sessions/{session}/end",
        "list_room_session_recordings": "get /api/video/room_sessions/{session}/recordings",
        "list_room_recordings": "get /api/video/room_recordings",
        "get_room_recording": "get /api/video/room_recordings/{recording}",
        "delete_room_recording": "delete /api/video/room_recordings/{recording}",
        "restore_room_recording": "post /api/video/room_recordings/{recording}/restore",
        "list_room_recording_events": "get /api/video/room_recordings/{recording}/events",
        "list_room_recording_compositions": (
            "get /api/video/room_recordings/{recording}/compositions"
        ),
        "compose_room_recording": "post /api/video/room_recordings/{recording}/compositions",
        "get_room_recording_composition": (
            "get /api/video/room_recordings/{recording}/compositions/{composition}"
        ),
        "delete_room_recording_composition": (
            "delete /api/video/room_recordings/{recording}/compositions/{composition}"
        ),
        "list_logs": "get /api/video/logs",
        "get_log": "get /api/video/logs/{log}",
        "create_room_token": "post /api/video/room_tokens",
        "report_room_session_recording": "post /api/video/room_sessions/{session}/recordings",
        "create_api_token": "post /api/project/tokens",
        "patch_api_token": "patch /api/project/tokens/{api_token}",
        "delete_api_token": "delete /api/project/tokens/{api_token}",
        "list_webhooks": "get /api/video/webhooks",
        "create_webhook": "post /api/video/webhooks",
        "get_webhook": "get /api/video/webhooks/{webhook}",
        "update_webhook": "put /api/video/webhooks/{webhook}",
        "delete_webhook": "delete /api/video/webhooks/{webhook}",
        "rotate_webhook_secret": "post /api/video/webhooks/{webhook}/rotate",
        "test_webhook": "post /api/video/webhooks/{webhook}/test",
        "list_webhook_deliveries": "get /api/video/webhooks/{webhook}/deliveries",
        "redeliver_webhook": "post /api/video/webhooks/{webhook}/deliveries/{delivery}/redeliver",
        "give_up_webhook_delivery": (
            "post /api/video/webhooks/{webhook}/deliveries/{delivery}/give_up"
        ),
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_needs_a_token_and_documents_it(name):
    assert operation_of(name)["security"] == [{"basic": []}, {"bearer": []}]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Room", ROOM_KEYS),
        ("RoomSession", SESSION_KEYS),
        ("Member", MEMBER_KEYS),
        ("SessionEvent", EVENT_KEYS),
    ],
)
def test_responses_are_complete_and_in_the_contracts_order(name, keys):
    schema = DESCRIPTION["components"]["schemas"][name]

    assert list(schema["properties"]) == keys
    assert schema["required"] == keys


def test_only_optional_fields_are_nullable():
    nullable = {
        name
        for name, field in DESCRIPTION["components"]["schemas"]["Room"]["properties"].items()
        if "null" in field.get("type", []) or {"type": "null"} in field.get("oneOf", [])
    }

    assert nullable == {
        "description",
        "join_from",
        "join_until",
        "remove_at",
        "remove_after_seconds_elapsed",
        "active_session",
    }


def test_limits_equal_the_contracts():
    sent = DESCRIPTION["components"]["schemas"]["NewRoomRequest"]

    assert sent["required"] == ["name"]
    said = {
        name: {word: limit for word, limit in field.items() if word in LIMITS}
        for name, field in sent["properties"].items()
    }
    assert {name: limits for name, limits in said.items() if limits} == {
        "name": {"minLength": 1, "maxLength": 100},
        "display_name": {"maxLength": 200},
        "description": {"maxLength": 3000},
        "max_members": {"minimum": 1, "maximum": 300},
        "remove_after_seconds_elapsed": {"minimum": 1, "maximum": 2147483647},
    }


LIMITS = {"minimum", "maximum", "minLength", "maxLength"}


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("max_members", "20"),
        ("quality", '"720p"'),
        ("layout", '"grid-responsive"'),
        ("record_on_start", "false"),
        ("enable_room_previews", "false"),
        ("audio_video_sync", "false"),
        ("sync_audio_video", "false"),
        ("meta", "{}"),
    ],
)
def test_descriptions_have_the_contracts_defaults(name, default):
    sent = DESCRIPTION["components"]["schemas"]["NewRoomRequest"]

    assert sent["properties"][name]["description"].endswith(f"Default: {default}.")

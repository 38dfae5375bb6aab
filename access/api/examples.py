"""Examples and parameters that the OpenAPI document shows."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from access.values.identifiers import SENT_UUID_PATTERN


def response_example(name: str, value: dict) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


WEBHOOK = response_example(
    "A new webhook",
    {
        "id": "0198f3d9-2b64-7a51-b1f7-08e2d4c6a913",
        "url": "https://example.org/greenroom",
        "description": "Billing",
        "event_types": ["room.ended", "member.left"],
        "enabled": True,
        "disabled_at": None,
        "disabled_reason": "",
        "failing_since": None,
        "former_secret_until": None,
        "created_at": "2025-06-13T20:34:03Z",
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3mFgM1lX0Ys=",
    },
)


API_TOKEN = response_example(
    "A new API token",
    {
        "id": "746f6b65-6e73-8000-8000-00000000002a",
        "name": "Booking system",
        "permissions": ["rooms:read", "rooms:write"],
        "token": "gr_1f0c2a9b7d3e_Zk3v5oQyJ8mWcX1tR7uLbN4hGdE6sPfA2iYwK9xVqTM",
    },
)


def path_parameter(name: str, description: str, schema: dict) -> OpenApiParameter:
    return OpenApiParameter(
        name, type={"type": "string", **schema}, location="path", description=description
    )


BY_ID = {"format": "uuid", "pattern": f"^{SENT_UUID_PATTERN}$"}


WEBHOOK_ID = path_parameter("webhook", "The webhook's id.", BY_ID)


API_TOKEN_ID = path_parameter("api_token", "The API token's id.", BY_ID)


DELIVERY_ID = path_parameter("delivery", "The delivery's id.", {"pattern": "^[1-9][0-9]{0,17}$"})


def query_parameter(name: str, description: str, schema: dict) -> OpenApiParameter:
    return OpenApiParameter(name, type=schema, location="query", description=description)


FLAG = {"type": "boolean", "default": False}

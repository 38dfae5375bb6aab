"""Schemas of webhooks in the OpenAPI document, besides the serializers."""

from access.api.openapi import described

CHANGED_WEBHOOK = {"$ref": "#/components/schemas/ChangedWebhook"}
SENT_DELIVERY = {"$ref": "#/components/schemas/SentWebhookDelivery"}

_DRY_RUN = {"const": True, "description": "Only in the response to a dry run."}
_SECRET = {
    "type": "string",
    "pattern": "^whsec_",
    "description": "The secret that signs the messages (Standard Webhooks). Only the responses "
    "that create or rotate it contain it.",
}

WEBHOOK_SCHEMAS = {
    "ChangedWebhook": {
        "allOf": [
            {"$ref": "#/components/schemas/Webhook"},
            described(("secret", "dry_run"), secret=_SECRET, dry_run=_DRY_RUN),
        ]
    },
    "SentWebhookDelivery": {
        "allOf": [
            {"$ref": "#/components/schemas/WebhookDelivery"},
            described(("dry_run",), dry_run=_DRY_RUN),
        ]
    },
}

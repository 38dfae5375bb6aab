"""Webhooks as the description tells of them, beyond what the serializers say."""

from access.api.openapi import described

CHANGED_WEBHOOK = {"$ref": "#/components/schemas/ChangedWebhook"}
SENT_DELIVERY = {"$ref": "#/components/schemas/SentWebhookDelivery"}

_DRY_RUN = {"const": True, "description": "In the answer to a dry run only."}
_SECRET = {
    "type": "string",
    "pattern": "^whsec_",
    "description": "Signs the messages, after Standard Webhooks. It is in the answers that make "
    "or rotate it, and never again.",
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

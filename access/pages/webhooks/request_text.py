"""The request of a delivery as text: its headers and its body."""

import json

from django.utils.translation import gettext

from access.webhooks.client import HEADERS
from access.webhooks.models import OVERLAP, WebhookAttempt, WebhookDelivery, WebhookEvent
from access.webhooks.signatures import signed_headers


def body_text(event: WebhookEvent) -> str:
    return json.dumps(json.loads(event.body), indent=2)


def request_headers(delivery: WebhookDelivery, call: WebhookAttempt) -> dict[str, str]:
    """Return the headers of a call, with its signatures, which are computed again."""
    endpoint, event = delivery.endpoint, delivery.event
    headers = signed_headers(
        event.message_id, event.body.encode(), endpoint.secrets(call.at), call.at
    )
    until = endpoint.former_until
    if until and call.at < until - OVERLAP:
        # An older secret may have signed it, which a later rotation has replaced.
        headers["webhook-signature"] = gettext("v1,… (by a secret that was rotated since)")
    return {**HEADERS, **headers}

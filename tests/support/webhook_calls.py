"""One webhook call, and the responses of its receiver."""

from access.webhooks.client import WebhookClient

OK = b"HTTP/1.1 200 OK\r\n"


def post(receiver, *, caller=None, **where):
    return (caller or WebhookClient(seconds=5)).post(
        receiver.url(**where), b'{"a":1}', {"webhook-id": "7"}
    )


LATE = "No complete response within 0.3 seconds."

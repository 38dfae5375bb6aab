"""Addresses and forms of webhooks in the admin."""

import re

from django.urls import reverse

from tests.support.html import fields_of

ENDPOINTS = "/admin/access/webhookendpoint/"
DELIVERIES = "/admin/access/webhookdelivery/"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


def page_of(endpoint, page="change"):
    return reverse(f"admin:access_webhookendpoint_{page}", args=[endpoint.pk])


def add(client, **fields):
    """Create a webhook as staff do, and return the response."""
    sent = fields_of(client.get("/webhooks/new"))
    return client.post("/webhooks/new", {**sent, "url": "https://a.example/", **fields})

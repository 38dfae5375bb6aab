"""The Django admin of projects, API tokens, staff accounts, sign-ins and webhooks."""

from access.admin import api_tokens, people, projects, sign_ins, webhook_deliveries, webhooks

__all__ = [
    "api_tokens",
    "people",
    "projects",
    "sign_ins",
    "webhook_deliveries",
    "webhooks",
]

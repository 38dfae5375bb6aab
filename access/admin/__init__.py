"""The Django admin of projects, API tokens, staff accounts and webhooks."""

from access.admin import api_tokens, people, projects, webhook_deliveries, webhooks

__all__ = [
    "api_tokens",
    "people",
    "projects",
    "webhook_deliveries",
    "webhooks",
]

"""The Django admin of projects, API tokens, staff accounts and webhooks."""

from access.admin import projects, webhook_deliveries, webhooks

__all__ = ["projects", "webhook_deliveries", "webhooks"]

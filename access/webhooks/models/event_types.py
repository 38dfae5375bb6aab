"""The types of events that webhooks receive."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# An endpoint cannot subscribe to this type: only send_test() sends it.
TEST_EVENT = "webhook.test"


class WebhookEventType(models.TextChoices):
    ROOM_CREATED = "room.created", _("Room created")
    ROOM_SETTINGS_CHANGED = "room.settings_changed", _("Room settings changed")
    ROOM_DELETED = "room.deleted", _("Room deleted")
    ROOM_STARTED = "room.started", _("Session started")
    ROOM_UPDATED = "room.updated", _("Session updated")
    ROOM_ENDED = "room.ended", _("Session ended")
    MEMBER_JOINED = "member.joined", _("Member joined")
    MEMBER_LEFT = "member.left", _("Member left")
    MEMBER_BLOCKED = "member.blocked", _("Member blocked")
    MEMBER_UNBLOCKED = "member.unblocked", _("Member unblocked")
    RECORDING_STARTED = "recording.started", _("Recording started")
    RECORDING_ENDED = "recording.ended", _("Recording ended")
    RECORDING_READY = "recording.ready", _("Recording ready")
    RECORDING_FAILED = "recording.failed", _("Recording failed")
    RECORDING_DELETED = "recording.deleted", _("Recording deleted")
    RECORDING_RESTORED = "recording.restored", _("Recording restored")

"""The rooms of a job, with their previews and results."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.exact_json import ExactJSONField
from rooms.models.job import Job


class JobRow(models.Model):
    """A room of a job, with its preview and its result."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rooms")
    number = models.IntegerField(help_text="Position by room id; new rooms come last.")
    room_id = models.UUIDField(null=True)
    name = models.TextField(blank=True, default="")
    line = models.IntegerField(null=True, help_text="Line of the imported file.")
    sent = models.TextField(blank=True, default="", help_text="Row of the imported file, as JSON.")
    outcome = models.TextField(blank=True, default="", help_text="Empty until previewed.")
    result = models.TextField(blank=True, default="", help_text="Empty until applied.")
    version = models.IntegerField(null=True)
    changes = ExactJSONField(null=True, help_text="Each changed field: [before, after].")
    faults = models.JSONField(default=list, help_text="Faults: [field, message, code].")
    is_live = models.BooleanField(default=False)
    crosses_clock = models.BooleanField(
        default=False, help_text="A clock change lies between an old and a new time."
    )

    class Meta:
        verbose_name = _("row of a bulk edit")
        verbose_name_plural = _("rows of bulk edits")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("job", "number"), name="jobrow_one_a_number"),
        )

    def __str__(self) -> str:
        return f"{self.name or self.room_id}: {self.result or self.outcome or 'not previewed'}"

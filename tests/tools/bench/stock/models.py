import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q


class Quality(models.TextChoices):
    HD = "720p"
    FULL_HD = "1080p"


class Layout(models.TextChoices):
    GRID = "grid-responsive"
    GRID_MOBILE = "grid-responsive-mobile"
    HIGHLIGHT = "highlight-1-responsive"
    ONE = "1x1"
    TWO_BESIDE = "2x1"
    TWO_BY_TWO = "2x2"
    FIVE_UP = "5up"
    THREE_BY_THREE = "3x3"
    FOUR_BY_FOUR = "4x4"
    FIVE_BY_FIVE = "5x5"
    SIX_BY_SIX = "6x6"
    EIGHT_BY_EIGHT = "8x8"
    TEN_BY_TEN = "10x10"


class Room(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project_id = models.UUIDField(editable=False)
    name = models.CharField(max_length=100)
    display_name = models.CharField(max_length=200)
    description = models.TextField(max_length=3000, null=True, blank=True)
    max_members = models.IntegerField(
        default=20, validators=[MinValueValidator(1), MaxValueValidator(300)]
    )
    quality = models.CharField(max_length=10, choices=Quality, default=Quality.HD)
    fps = models.IntegerField(default=20, editable=False)
    join_from = models.DateTimeField(null=True, blank=True)
    join_until = models.DateTimeField(null=True, blank=True)
    remove_at = models.DateTimeField(null=True, blank=True)
    remove_after_seconds_elapsed = models.PositiveIntegerField(null=True, blank=True)
    layout = models.CharField(max_length=30, choices=Layout, default=Layout.GRID)
    record_on_start = models.BooleanField(default=False)
    enable_room_previews = models.BooleanField(default=False)
    audio_video_sync = models.BooleanField(default=False)
    meta = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("project_id", "name"), name="stock_room_name"),
            models.CheckConstraint(
                condition=Q(join_until__gt=F("join_from")), name="stock_join_until_after_join_from"
            ),
            models.CheckConstraint(
                condition=Q(remove_at__gt=F("join_from")), name="stock_remove_at_after_join_from"
            ),
            models.CheckConstraint(
                condition=Q(max_members__gte=1, max_members__lte=300), name="stock_max_members"
            ),
        )

    def __str__(self):
        return self.display_name

"""The tutorial's way: ModelViewSet, ModelSerializer, a token, full_clean. On the same rows.

What an engineer writes on the first day: no lock, no version, no history, no ETag. Served as
Django's own pages first say, by gunicorn with its usual workers, by tests/bench/rivals.py.
"""

import copy
import os

import dj_database_url
import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="s" * 50,
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"])},
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "rest_framework",
        "rest_framework.authtoken",
        "tests.bench",
    ],
    # What startproject writes.
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
        "PAGE_SIZE": 50,
    },
)
django.setup()

from django.core.validators import (  # noqa: E402
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from rest_framework import routers, serializers, viewsets  # noqa: E402

LAYOUTS = ("grid-responsive", "highlight-1-responsive", "1x1", "2x1", "2x2", "5up", "3x3")


class Room(models.Model):
    id = models.UUIDField(primary_key=True)
    project_id = models.UUIDField()
    name = models.TextField(validators=[RegexValidator(r"^[A-Za-z0-9_-]{1,100}\Z")])
    display_name = models.TextField(validators=[MaxLengthValidator(200)])
    description = models.TextField(null=True, blank=True, validators=[MaxLengthValidator(3000)])
    max_members = models.IntegerField(validators=[MinValueValidator(1), MaxValueValidator(300)])
    quality = models.TextField(choices=[(one, one) for one in ("720p", "1080p")])
    fps = models.IntegerField(choices=[(20, 20), (30, 30)])
    join_from = models.DateTimeField(null=True, blank=True)
    join_until = models.DateTimeField(null=True, blank=True)
    remove_at = models.DateTimeField(null=True, blank=True)
    remove_after_seconds_elapsed = models.IntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    layout = models.TextField(choices=[(one, one) for one in LAYOUTS])
    record_on_start = models.BooleanField()
    enable_room_previews = models.BooleanField()
    audio_video_sync = models.BooleanField()
    meta = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "rooms_room"

    def __str__(self):
        return self.name


class RoomSerializer(serializers.ModelSerializer):
    class Meta:
        model = Room
        exclude = ("project_id",)
        read_only_fields = ("id", "name", "fps")

    def validate(self, attrs):
        room = copy.copy(self.instance)
        for name, value in attrs.items():
            setattr(room, name, value)
        room.full_clean()
        return attrs


class RoomViewSet(viewsets.ModelViewSet):
    queryset = Room.objects.order_by("-id")
    serializer_class = RoomSerializer

    def update(self, request, *args, **kwargs):
        # The reference's PUT leaves what is not named as it is.
        return super().update(request, *args, **{**kwargs, "partial": True})


router = routers.SimpleRouter(trailing_slash=False)
router.register("api/video/rooms", RoomViewSet)
urlpatterns = router.urls
application = get_wsgi_application()

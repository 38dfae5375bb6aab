"""The serializer, the viewset, the admin and their URLs."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import include, path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers, viewsets
from rest_framework.filters import SearchFilter
from rest_framework.routers import DefaultRouter

from tests.tools.bench.stock.models import Room


class RoomSerializer(serializers.ModelSerializer):
    class Meta:
        model = Room
        exclude = ("project_id",)

    def validate(self, attrs):
        room = self.instance or Room()
        for name, value in attrs.items():
            setattr(room, name, value)
        try:
            room.full_clean()
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        return attrs


class RoomViewSet(viewsets.ModelViewSet):
    queryset = Room.objects.all()
    serializer_class = RoomSerializer
    filter_backends = (DjangoFilterBackend, SearchFilter)
    filterset_fields = ("quality",)
    search_fields = ("name", "display_name")


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ("display_name", "name", "quality", "layout", "max_members")
    list_display += ("join_from", "join_until", "remove_at")
    list_filter = ("quality", "layout")
    search_fields = ("name", "display_name")
    list_per_page = 50


router = DefaultRouter()
router.register("rooms", RoomViewSet)
urlpatterns = [path("api/", include(router.urls)), path("admin/", admin.site.urls)]

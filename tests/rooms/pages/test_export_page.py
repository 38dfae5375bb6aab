"""Export of the filtered room list on the staff pages."""

import csv
import io

import pytest

from access.models import StaffLimit
from tests.factories import RoomFactory
from tests.support.csv_pages import export
from tests.support.html import log_in, messages_of

pytestmark = pytest.mark.django_db


class TestExport:
    def test_export_contains_the_filtered_list(self, client):
        log_in(client)
        RoomFactory()
        wanted = RoomFactory(quality="1080p")

        (row,) = csv.DictReader(io.StringIO(export(client, "?quality=1080p&ordering=-name")))

        assert row["name"] == wanted.name

    def test_byte_order_mark_is_written_on_request(self, client):
        log_in(client)

        assert export(client, "?bom=1").startswith("\ufeffid,name,")
        assert export(client).startswith("id,name,")

    def test_export_contains_only_visible_projects(self, client):
        user = log_in(client, "rooms.view_room")
        own, other = RoomFactory(), RoomFactory()
        StaffLimit.objects.create(user=user).projects.add(own.project)

        text = export(client)

        assert own.name in text
        assert str(other.pk) not in text

    def test_invalid_filter_exports_nothing(self, client):
        log_in(client)

        response = client.get("/export?quality=4k")

        assert response.headers["Location"] == "/"
        assert messages_of(response)[0].startswith("No room was exported: quality")

    def test_export_needs_the_view_permission(self, client):
        log_in(client, "rooms.change_room")

        assert client.get("/export").status_code == 403

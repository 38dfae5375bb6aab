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

    def test_export_for_excel_has_titles_local_times_and_their_zone(self, client):
        log_in(client)
        RoomFactory(join_from="2026-11-29T17:00:00Z", join_until=None, remove_at=None)
        client.cookies["zone"] = "Europe/Berlin"

        text = export(client, "?excel=1")

        (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
        assert text.startswith("\ufeffID;Name;Version;")
        assert (row["Opens"], row["Time zone"]) == ("2026-11-29 18:00", "Europe/Berlin")
        assert row["Closes"] == ""

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

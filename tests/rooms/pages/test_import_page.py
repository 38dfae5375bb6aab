"""Import of CSV files on the staff pages, with a preview."""

import pytest

from access.http.body_limits import FORM_BYTES, largest_body
from access.models import StaffLimit
from rooms.models import Room
from rooms.models.history import Channel, RoomChange
from rooms.models.job import Job
from rooms.models.job_row import JobRow
from tests.factories import ProjectFactory, RoomFactory, SessionFactory
from tests.support.api import nothing_changes
from tests.support.bulk_changes import MAY
from tests.support.bulk_pages import apply, follow, job, parts, whys
from tests.support.csv_pages import IMPORT, export, send
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


class TestImport:
    @pytest.mark.parametrize("query", ["", "?excel=1"])
    def test_importing_an_export_changes_nothing(self, client, query):
        log_in(client)
        times = {"join_from": "2027-10-31T00:30:00Z", "join_until": "2027-10-31T01:30:00Z"}
        room = RoomFactory(
            display_name="=SUM(A1)", description="two\nlines", meta={"a": 1}, **times
        )
        client.cookies["zone"] = "Europe/Berlin"

        page = send(client, room.project, export(client, query))

        assert job().preview_counts == {"unchanged": 1}
        assert "There is nothing to apply." in page.content.decode()

    def test_invalid_rows_are_reported_by_line_and_the_others_applied(self, client):
        user = log_in(client)
        project = ProjectFactory()
        names = ("a", "b", "c", "d")
        rooms = [RoomFactory(project=project, name=name) for name in names]
        text = "name;max_members\r\na;30\r\nb;301\r\nc;many\r\nd;40\r\n"

        with nothing_changes():
            page = send(client, project, text)

        told = page.content.decode()
        assert whys(page) == [
            "max_members must be a whole number from 1 to 300, not 301.",
            'max_members must be a whole number from 1 to 300, not "many".',
        ]
        lines = dict(JobRow.objects.filter(outcome="refused").values_list("name", "line"))
        assert lines == {"b": 3, "c": 4}
        assert ">Apply to 2 rooms<" in told
        page = apply(client, "valid")
        assert set(parts(page)["moved"]) == {"a", "d"}
        assert [Room.objects.get(pk=room.pk).max_members for room in rooms] == [30, 20, 20, 40]
        entry = RoomChange.objects.latest("pk")
        assert (entry.channel, entry.author_name) == (Channel.CSV, user.username)

    def test_import_is_undone_with_one_click(self, client):
        log_in(client)
        room = RoomFactory(name="a")
        send(client, room.project, "name,max_members\na,30")
        apply(client)

        follow(client, client.post(f"/bulk/{job().pk}/undo"))

        room.refresh_from_db()
        assert room.max_members == 20

    def test_unknown_names_create_rooms_on_request(self, client):
        log_in(client)
        project = ProjectFactory()
        text = "name,max_members\nnew-one,30"

        page = send(client, project, text)
        assert whys(page) == ["The project has no room with this name."]
        page = send(client, project, text, create="on")
        assert job().preview_counts == {"created": 1}
        assert "new-one" in page.content.decode()
        assert not Room.objects.exists()
        apply(client)

        room = Room.objects.get()
        assert (room.name, room.project, room.max_members) == ("new-one", project, 30)
        assert job().result_counts == {"created": 1}

    def test_undo_reports_that_new_rooms_are_kept(self, client):
        log_in(client)
        room = RoomFactory(name="old")
        send(client, room.project, "name,max_members\nold,9\nnew,9", create="on")
        apply(client)

        page = follow(client, client.post(f"/bulk/{job().pk}/undo"))

        assert whys(page) == ["new was created by this change: delete the room instead."]
        apply(client, "valid")
        room.refresh_from_db()
        assert room.max_members == 20
        assert Room.objects.filter(name="new").exists()

    def test_creating_rooms_needs_the_add_permission(self, client):
        log_in(client, *MAY)
        project = ProjectFactory()

        assert "create" not in client.get(IMPORT).context["form"].fields
        page = send(client, project, "name\nnew", create="on")

        assert whys(page) == ["The project has no room with this name."]

    def test_hidden_project_cannot_be_chosen(self, client):
        user = log_in(client, *MAY)
        own, other = ProjectFactory(), RoomFactory(name="a").project
        StaffLimit.objects.create(user=user).projects.add(own)

        with nothing_changes():
            page = send(client, other, "name,max_members\na,5")

        assert page.status_code == 422
        assert list(page.context["form"].errors) == ["project"]

    def test_room_of_another_project_is_reported_as_missing(self, client):
        log_in(client)
        other = RoomFactory()

        page = send(client, ProjectFactory(), f"id,max_members\n{other.pk},5")
        apply(client, "valid")

        assert whys(page) == ["There is no such room here."]
        other.refresh_from_db()
        assert other.max_members == 20

    def test_stale_version_is_refused(self, client):
        log_in(client)
        room = RoomFactory(name="a")

        page = send(client, room.project, "name,version,max_members\na,7,5")

        assert whys(page) == ["version is now 1, not 7: export the room again."]

    def test_live_room_has_a_warning(self, client):
        log_in(client)
        room = SessionFactory(room=RoomFactory(name="a")).room

        page = send(client, room.project, "name,max_members\na,5")

        assert "1 room is live." in page.content.decode()

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ("name,max_members\nä,1".encode("latin-1"), "The file is not UTF-8: see row 2."),
            ("name,max_members\na,1".encode("utf-16"), "The file is not UTF-8: see row 1."),
            (b"max_members\n5", "The first row must name the columns, with id or name"),
            (b"name,name\na,b", "The column 'name' occurs twice."),
            (b"name\n", "The file has a header and no rows."),
            (b'name,max_members\na,"5', "is not CSV"),
            (b"PK\x03\x04\x00\x00", "The first row must name the columns"),
            (b"", "The file is empty."),
        ],
    )
    def test_invalid_file_is_explained(self, client, data, words):
        log_in(client)

        page = send(client, ProjectFactory(), data)

        assert page.status_code == 422
        assert page.context["form"].errors["file"][0].startswith(words) or (
            words in page.context["form"].errors["file"][0]
        )
        assert Job.objects.count() == 0

    def test_preview_shows_how_each_date_was_read(self, client):
        log_in(client)
        room = RoomFactory(name="a", join_until=None, remove_at=None)
        client.cookies["zone"] = "Europe/Berlin"

        page = send(client, room.project, "Name;Opens;Note\na;29.11.2026 18:00;x")

        told = " ".join(page.content.decode().split())
        assert "Sun 29 Nov 2026 18:00:00 UTC+01:00" in told
        assert "read from “29.11.2026 18:00”" in told
        assert "Columns that are not read: Note." in told

    def test_equal_faults_are_grouped_and_their_rows_downloaded_as_sent(self, client):
        log_in(client)
        project = RoomFactory(name="a").project
        rows = "a;1/2/27;30;=1\nb;2/2/27;30;\nc;1.2.27;5;z"

        page = send(client, project, f"Name;Opens;Capacity;Note\n{rows}")

        told = " ".join(page.content.decode().split())
        assert "Opens: 2 faults, for example in row 2: Opens must be a date such as" in told
        file = client.get(f"/jobs/{job().pk}/errors.csv").getvalue().decode()
        titles, first, *others = file.removeprefix("\ufeff").splitlines()
        assert titles == "Name;Opens;Capacity;Note;error"
        assert first.startswith("a;1/2/27;30;'=1;Opens must be a date such as")
        assert [line.partition(";")[0] for line in others] == ["b", "c"]

    @pytest.mark.parametrize("cell", ["a\x00b", "\u202egnp", "<script>alert(1)</script>", "=1+1"])
    def test_hostile_cells_are_shown_as_text(self, client, cell):
        log_in(client)
        room = RoomFactory(name="a")

        page = send(client, room.project, f'name,display_name\na,"{cell}"\n"{cell}",x')

        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        client.get(f"/jobs/{job().pk}/rooms.csv").getvalue()

    def test_hostile_file_name_is_shown_as_text(self, client):
        log_in(client)

        page = send(client, RoomFactory(name="a").project, "name\na", filename="<b>\u202e.csv")

        assert page.status_code == 200
        assert "<b>" not in page.content.decode()

    def test_page_accepts_files_as_large_as_the_api_does(self):
        of_api = largest_body("/api/video/rooms/bulk", "text/csv")
        assert largest_body(IMPORT) == of_api + FORM_BYTES

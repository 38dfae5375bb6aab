"""The commands in the API's description, README.md and docs/tutorial.md work as printed."""

import contextlib
import io
import os
import re
import subprocess

from rooms.models import Room, RoomChange
from sessions.models import Member
from tests.factories import RoomFactory, TokenFactory
from tests.support.openapi import DESCRIPTION
from tests.support.server import ROOT


def printed_blocks(text):
    """Return the (language, commands) of each block that a reader is to run, in order."""
    return re.findall(r"```(sh|python)\n(.*?)```", text, re.DOTALL)


class Reader:
    """Runs printed blocks one after the other: one shell, one Python session, one folder."""

    def __init__(self, server, token, folder, **variables):
        self.server, self.folder = server, folder
        self.env = {
            "PATH": os.environ["PATH"],
            "GREENROOM": server.url,
            "PROJECT": str(token.project_id),
            "TOKEN": token.secret,
            **variables,
        }
        self.session = {}
        self.printed = ""

    def run(self, blocks):
        for language, commands in blocks:
            self.printed += {"sh": self._shell, "python": self._python}[language](commands) + "\n"

    def _shell(self, commands):
        # Variables and functions are exported, so that the next block finds them.
        script = f"set -aeuo pipefail\n{commands}\nenv -0 >variables"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{self.server.log()}"
        pairs = (self.folder / "variables").read_text().split("\0")[:-1]
        self.env = dict(pair.split("=", 1) for pair in pairs)
        return done.stdout

    def _python(self, commands):
        before = dict(os.environ)
        os.environ.update(self.env)
        try:
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(commands, self.session)  # noqa: S102 - our own page
        finally:
            os.environ.clear()
            os.environ.update(before)
        return printed.getvalue()


def history():
    return [
        (change.action, change.room_name, change.channel, change.changes)
        for change in RoomChange.objects.order_by("id")
        if change.action == "changed"
    ]


def test_commands_create_change_list_and_delete_a_room(greenroom, tmp_path):
    blocks = printed_blocks(DESCRIPTION["info"]["description"])

    Reader(greenroom, TokenFactory(), tmp_path).run(blocks)

    assert len(blocks) == 6
    assert history() == [
        ("changed", "standup", "api", {"max_members": [20, 30]}),
        ("changed", "standup", "api", {"record_on_start": [False, True]}),
    ]
    assert RoomChange.objects.filter(room_name="standup", action="deleted").exists()
    assert not Room.objects.exists()


def test_command_of_the_readme_changes_a_room(greenroom, tmp_path):
    [(language, command)] = printed_blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    token = TokenFactory()
    room = RoomFactory(project=token.project, name="standup")

    Reader(greenroom, token, tmp_path, ROOM=str(room.pk)).run([(language, command)])

    room.refresh_from_db()
    assert (language, room.max_members, room.version) == ("sh", 30, 2)


def test_tutorial_creates_changes_undoes_and_admits(greenroom, tmp_path):
    blocks = printed_blocks((ROOT / "docs/tutorial.md").read_text(encoding="utf-8"))
    reader = Reader(greenroom, TokenFactory(), tmp_path)

    reader.run(blocks)

    languages = [language for language, _ in blocks]
    assert (languages.count("sh"), languages.count("python")) == (14, 5)
    there = {"quality": ["720p", "1080p"], "description": ["Mondays.", None]}
    back = {name: pair[::-1] for name, pair in there.items()}
    both = ("standup-berlin", "standup-lisbon")
    assert history() == [
        ("changed", "standup-berlin", "api", {"max_members": [20, 30]}),
        *[("changed", name, "bulk", there) for name in both],
        *[("changed", name, "revert", back) for name in both],
        ("changed", "standup-berlin", "revert", there),
        ("changed", "standup-berlin", "api", {"remove_after_seconds_elapsed": [None, 3600]}),
    ]
    assert list(Member.objects.values_list("name", "session__name", "leave_reason")) == [
        ("Ada", "lobby", "left")
    ]
    for shown in (
        "standup-berlin holds 30",
        "max_members must be a whole number from 1 to 300, not 3000.",
        '"allowed": true',
        '"at_once": false',
        '"completed"',
        "Ada stayed",
        "room.ended",
        '"secret": "whsec_',
    ):
        assert shown in reader.printed
    assert (tmp_path / "rooms.csv").read_bytes().startswith(b"\xef\xbb\xbfid,name,version,")

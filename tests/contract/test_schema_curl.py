"""The commands in the API's description and in the README work as printed."""

import os
import re
import subprocess

from rooms.models import Room, RoomChange
from sessions.models import Member
from tests.factories import RoomFactory, TokenFactory
from tests.support.openapi import DESCRIPTION
from tests.support.server import ROOT


def printed_commands(text):
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def run(commands, server, token, cwd, **more):
    """Run commands as a person would who pasted them one after the other."""
    return subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + "echo\n".join(commands)],
        cwd=cwd,
        env={
            "PATH": os.environ["PATH"],
            "GREENROOM": server.url,
            "PROJECT": str(token.project_id),
            "TOKEN": token.secret,
            **more,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def history():
    return [
        (change.action, change.room_name, change.door, change.changes)
        for change in RoomChange.objects.order_by("id")
        if change.action == "changed"
    ]


def test_commands_create_change_list_and_delete_a_room(greenroom, tmp_path):
    commands = printed_commands(DESCRIPTION["info"]["description"])

    done = run(commands, greenroom, TokenFactory(), tmp_path)

    assert done.returncode == 0, done.stdout
    assert len(commands) == 6
    assert history() == [
        ("changed", "standup", "api", {"max_members": [20, 30]}),
        ("changed", "standup", "api", {"record_on_start": [False, True]}),
    ]
    assert RoomChange.objects.filter(room_name="standup", action="deleted").exists()
    assert not Room.objects.exists()


def test_commands_of_the_readme_try_change_and_undo(greenroom, tmp_path):
    commands = printed_commands((ROOT / "README.md").read_text())
    token = TokenFactory()
    room = RoomFactory(project=token.project, name="standup", description="Mondays.")

    done = run(commands, greenroom, token, tmp_path, ROOM=str(room.pk))

    assert done.returncode == 0, done.stdout
    assert len(commands) == 12
    there = {"quality": ["720p", "1080p"], "description": ["Mondays.", None]}
    back = {name: pair[::-1] for name, pair in there.items()}
    assert history() == [
        ("changed", "standup", "bulk", there),
        ("changed", "standup", "revert", back),
        ("changed", "standup", "revert", there),
        ("changed", "standup", "api", {"max_members": [20, 40]}),
    ]
    assert list(Member.objects.values_list("name", "session__name", "leave_reason")) == [
        ("Ada", "lobby", "left")
    ]
    for said in ('"allowed": true', '"at_once": false', '"status": "completed"', "room.ended"):
        assert said.replace(" ", "") in done.stdout.replace(" ", "")
    assert (tmp_path / "rooms.csv").read_bytes().startswith(b"\xef\xbb\xbfid,name,version,")

"""The commands in the API's description work as printed."""

import os
import re
import subprocess

from rooms.models import Room, RoomChange
from tests.described import DESCRIPTION
from tests.factories import TokenFactory


def printed_commands():
    return re.findall(r"```sh\n(.*?)```", DESCRIPTION["info"]["description"], re.DOTALL)


def test_commands_create_change_list_and_delete_a_room(greenroom):
    token = TokenFactory()
    script = "set -eu\n" + "echo\n".join(printed_commands())

    run = subprocess.run(
        ["bash", "-c", script],
        env={
            "PATH": os.environ["PATH"],
            "GREENROOM": greenroom.url,
            "PROJECT": str(token.project_id),
            "TOKEN": token.secret,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert len(printed_commands()) == 6
    history = RoomChange.objects.order_by("id")
    assert [(change.action, change.room_name) for change in history] == [
        ("created", "standup"),
        ("changed", "standup"),
        ("changed", "standup"),
        ("deleted", "standup"),
    ]
    assert history[1].changes == {"max_members": [20, 30]}
    assert history[2].changes == {"record_on_start": [False, True]}
    assert not Room.objects.exists()

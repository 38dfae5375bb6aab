"""One write path: the source code is searched for every other way to write a room."""

import ast
import re

import pytest

from tests.support.allowed_writes import ALLOWED
from tests.support.source import TREES

WRITES = {
    *("save", "asave", "save_base", "update", "aupdate", "delete", "adelete", "create", "acreate"),
    *("bulk_create", "abulk_create", "bulk_update", "abulk_update", "get_or_create"),
    *("aget_or_create", "update_or_create", "aupdate_or_create", "_raw_delete", "raw", "execute"),
}


def on_what(node):
    """Return the callee in short form: Room.objects.filter().update."""
    if isinstance(node, ast.Attribute):
        return f"{on_what(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{on_what(node.func)}()"
    return getattr(node, "id", f"<{type(node).__name__.lower()}>")


def writes(tree):
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        on_what(call)
        for call in calls
        if isinstance(call, ast.Attribute) and call.attr in WRITES and not _is_a_builtin(call)
    }


def _is_a_builtin(call):
    # Literals and comprehensions make sets, dicts or hashes, which are no querysets.
    return isinstance(call.value, ast.Dict | ast.Set | ast.DictComp | ast.SetComp)


def test_only_rooms_changes_writes_rooms():
    found = {path: writes(tree) - ALLOWED.get(path, {}).keys() for path, tree in TREES.items()}
    unknown = {path: calls for path, calls in found.items() if calls}

    assert not unknown, (
        f"They write without rooms/changes/engine.py, and without a reason here: {unknown}"
    )


def test_every_allowed_write_still_exists():
    for path, reasons in ALLOWED.items():
        assert writes(TREES[path]) == reasons.keys(), path


def test_only_rooms_changes_refers_to_write_methods_of_rooms():
    a_room = re.compile(r"(?<!\w)Room\.objects")
    naming = {path for path in TREES if any(map(a_room.search, writes(TREES[path])))}

    assert naming == {"rooms/changes/creation.py", "rooms/changes/chunks.py"}


@pytest.mark.parametrize(
    "source",
    [
        "room.save()",
        "Room(name='x').save()",
        "Room.objects.create(name='x')",
        "Room.objects.filter(pk=1).update(name='x')",
        "project.rooms.all().delete()",
        "get_room().save(update_fields=[])",
        "rooms[0].save()",
        "cursor.execute('UPDATE rooms_room')",
        "Room.objects.using('x').bulk_update([], [])",
        "async def f():\n    await room.asave()",
    ],
)
def test_every_spelling_of_a_write_is_found(source):
    assert writes(ast.parse(source))


def test_no_file_uses_star_imports():
    with_stars = [
        path
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)
    ]

    assert with_stars == []

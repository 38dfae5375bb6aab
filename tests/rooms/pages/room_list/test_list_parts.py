"""Kept parts of the list's page: each has the values of its own address."""

from django.utils import translation

from rooms.pages.room_list.parts import filters_of, table_parts
from rooms.pages.room_list.state import ListState


def parts(params, projects, *, may_pick=True, path="/"):
    state = ListState(params, projects, path)
    return filters_of(state), *table_parts(state, may_pick=may_pick).values()


def test_parts_differ_by_all_that_they_show():
    projects = {"1": "<North>", "2": "South"}
    found = {"plain": parts({}, projects)}
    found["search"] = parts({"search": "<ward>", "columns": "name"}, projects)
    found["projects"] = parts({}, {"1": "<North>"})
    found["pick"] = parts({}, projects, may_pick=False)
    found["path"] = parts({}, projects, path="/week")
    with translation.override("de"):
        found["language"] = parts({}, projects)

    assert len({*found.values()}) == len(found)
    assert "&lt;ward&gt;" in found["search"][0]
    assert "&lt;North&gt;" in found["plain"][0]
    assert "&lt;North&gt;" not in found["projects"][0]
    # The same values again, after all the others.
    assert parts({}, projects) == found["plain"]

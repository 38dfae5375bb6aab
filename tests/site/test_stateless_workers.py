"""Worker processes keep no state: they share everything through the database."""

import ast

from django.conf import settings

from tests.support.source import TREES

# The caches of a process, each with the reason why it stays valid in all processes.
KEPT = {
    "access.models.token_by_prefix": "a query's SQL",
    "access.credentials.staff_sessions._session_by_key": "a query's SQL",
    "rooms.models.forecast._running_session": "a query's SQL",
    "access.credentials.signed_in._permission_rows": "a query's SQL",
    "rooms.pages.refused._counts_between": "a query's SQL",
    "rooms.pages.room.context._sessions_between": "a query's SQL",
    "rooms.pages.room.visible._room_by_id": "a query's SQL",
    "access.credentials.hashing._slots": "passwords that this process is checking",
    "access.credentials.hashing._threads": "the threads that hash them",
    "access.credentials.hashing.hashing_paths": "paths of the URLconf",
    "config.server.passwords.busy_page": "a page of the release",
    "rooms.models.finder.room_by": "a query's SQL",
    "rooms.api.joined_lookup.token_and_room": "a query's SQL",
    "rooms.api.list_rows._prepared": "a query's SQL",
    "rooms.changes.sql._history_fields": "fields of the model",
    "rooms.changes.sql._shared_fields": "fields of the model",
    "rooms.changes.sql._sql": "a statement, by its columns",
    "rooms.changes.sql._sql_of_many": "a statement, by its columns",
    "rooms.changes.sql.single_statement": "a feature of the database",
    "rooms.changes.validation._rules_on": "rules of the model, by its fields",
    "rooms.display.layout_pictures._layout_choices": "pictures of layouts, by language",
    "rooms.display.values._labels": "texts of the release, by language",
    "rooms.display.values._choices": "texts of the release, by language",
    "access.staff.days._day_in": "a day in words, by language",
    "rooms.pages.room.forms._help_in": "texts of the release, by language",
    "rooms.models.forecast._running_of_page": "a query's SQL",
    "rooms.models.saved_view._seen": "a query's SQL",
    "rooms.pages.room_list.first_page._first_rows": "a query's SQL",
    "rooms.pages.room_list.visible_projects._project_rows": "a query's SQL",
    "rooms.pages.room_list.row_html._pills": "texts of the release, by language",
    "rooms.pages.room_list.row_html.row_html": "a row of the list, by all that it shows",
    "rooms.display.windows._in_short": "a schedule in words, by zone, day and language",
    "rooms.display.admissions._answer_text": "a decision in words, by zone, day and language",
    "rooms.pages.room_list.parts._rendered": "a part of a page, by address, projects and language",
    "rooms.display.windows._in_full": "a schedule in words, by zone and language",
    "access.staff.times._time_text": "a time in words, by zone, day and language",
    "access.staff.times._exact_time_text": "a time in words, by zone and language",
    "rooms.pages.room_list.words.filter_words": "texts of the release, by language",
    "rooms.pages.room_list.words.filter_labels": "texts of the release, by language",
    "access.staff.back_links.lists_at": "views of the URLconf",
    "access.staff.addresses._around": "addresses of the URLconf",
    "access.staff.compiled_rows._pattern": "a template of the release, by variant and language",
    "sessions.pages.due_rooms._due_rows": "a query's SQL",
    "rooms.pages.history.lines._line_html": "a line of the history, by all that it shows",
    "rooms.pages.history.lines._labels": "texts of the release, by language",
    "rooms.templatetags.links._address": "addresses of the URLconf",
    "rooms.templatetags.links._permissions": "views of the URLconf",
    "access.staff.zones.zone_names": "the time zones of the system",
    "access.staff.zones.offered_zones": "the time zones of the system",
    "access.staff.zones._by_text": "the time zones of the system",
    "access.staff.zones.zone_options": "the time zones of the system, by day",
    "config.monitoring.probes._expected_migrations": "the files of the release",
    "access.http.body_limits.own_limits": "the limits of the views, from the URLconf",
    "access.http.long_calls.slots": "the CSV files and bulk changes that this process runs",
    "config.server.rsgi._key": "the WSGI name of a header",
    "config.openapi.views.description": "the OpenAPI document of the release",
    "sessions.media.server._implementation": "the class for MEDIA_SERVER, with its connections",
    "access.database.replica.replica": "the last known lag of the replica",
    "access.database.write_times.write_times": "tokens with a recent recorded write",
    "rooms.bulk.sheets._titles": "the titles of the release, in each language",
    "rooms.bulk.sheets._words_of": "the words of the release, in each language",
    "access.database.postgresql.hosts._hosts": "the server that answered this process last",
    "rooms.pages.history.tables._heads": "the heads of a table, by language",
    "sessions.mixing.canvas.name_card": "the pictures of names, in the process of one film",
    "sessions.mixing.canvas._sized": "a font of this machine",
    "access.webhooks.dispatcher.dispatcher": "a worker's current calls; turns are in the database",
}
# Filled while a process starts, and the same in all processes.
FILLED_AT_START = {"VARIABLES": "the settings, as config/settings.py reads them"}
CACHES = {"cache", "lru_cache"}


def kept(path, tree):
    """Return the cached functions and classes of a file."""
    module = path.removesuffix(".py").replace("/", ".")
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = [node for node in ast.walk(tree) if isinstance(node, defined)]
    return {f"{module}.{n.name}" for n in nodes if CACHES & {*map(called, n.decorator_list)}}


def called(decorator):
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(node, "id", getattr(node, "attr", ""))


def filled_later(tree):
    """Return the names that a module initializes empty or declares global."""
    named = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    stated_global = [node for node in ast.walk(tree) if isinstance(node, ast.Global)]
    empty = [n for n in named if is_empty(n.value) and name_of(n) not in FILLED_AT_START]
    return [ast.unparse(node) for node in stated_global + empty]


def name_of(node):
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    return ast.unparse(target)


def is_empty(value):
    if isinstance(value, ast.Call) and not value.args and not value.keywords:
        return called(value) in {"dict", "list", "set", "defaultdict", "Counter", "deque"}
    return (isinstance(value, ast.Dict) and not value.keys) or (
        isinstance(value, ast.List | ast.Set) and not value.elts
    )


def test_caches_of_a_process_are_the_same_in_all_processes():
    assert set().union(*(kept(*item) for item in TREES.items())) == KEPT.keys()


def test_no_module_collects_state():
    assert {path: filled_later(tree) for path, tree in TREES.items() if filled_later(tree)} == {}


def test_module_that_collects_state_is_detected():
    for source in (
        "SEEN = {}",
        "SEEN: dict[str, int] = {}",
        "a = []",
        "a = set()",
        "def f():\n global a",
    ):
        assert filled_later(ast.parse(source)), source


def test_django_cache_of_a_process_is_off():
    assert settings.CACHES["default"]["BACKEND"].endswith(".DummyCache")

"""Compare Greenroom on many rooms with Greenroom on few, for every page and API call."""

from tests.tools.bench import results
from tests.tools.bench.logged import log_statements, statements
from tests.tools.bench.results import Result
from tests.tools.bench.rounds import MANY_CONNECTIONS, Load, Participant, measure
from tests.tools.bench.workloads import api, pages

# The workloads that run over many connections, and the pages that a quick run measures.
CONCURRENT = ("staff list", "page of a room", "PUT of one field", "PUT that changes nothing", "GET")
CONCURRENT += ("GET list, first page", "GET list, 1,000th page", "GET list, quality=1080p")
CONCURRENT += ("GET list, status=open", "GET list, search=berlin")
QUICK_PAGES = (
    "staff list",
    "staff list, 1,000th page",
    "staff list, search=kestrel",
    "page of a room",
)


def run(options, sides, database):
    """Measure all selected workloads and print each result at once."""
    print(f"\n## {' against '.join(side.name for side in reversed(sides))}\n")
    if not options.quick:
        print(results.head())
    measured = list(_results(options, sides, database))
    _summarize(measured)
    return measured


def _results(options, sides, database):
    for kind, headers in (
        (pages, lambda side: side.page_headers),
        (api, lambda side: side.api_headers),
    ):
        for workloads in zip(*(kind(side.rows) for side in sides), strict=True):
            if options.only in workloads[0].name and _has_time(options, kind, workloads[0].name):
                participants = [
                    Participant(side, workload, headers(side))
                    for side, workload in zip(sides, workloads, strict=True)
                ]
                counts = _statements(options, participants, database)
                for connections in _connections(options, workloads[0].name):
                    load = Load(seconds=options.seconds, connections=connections)
                    result = _measure(options, participants, database, load, counts)
                    print(result.short_line() if options.quick else result.line(), flush=True)
                    yield result


def _has_time(options, kind, name):
    return kind is api or not options.quick or name in QUICK_PAGES


def _connections(options, name):
    return (1, MANY_CONNECTIONS) if name in CONCURRENT and not options.quick else (1,)


def _measure(options, participants, database, load, counts):
    times = measure(participants, database, load, options.rounds)
    name = participants[0].workload.name
    if load.connections > 1:
        name += f" at {load.connections} connections"
    return Result(name, times, counts)


def _statements(options, participants, database):
    if options.quick:
        return []
    # Count statements separately, because writing the log takes time.
    with log_statements(database):
        return [statements(participant, database.log) for participant in participants]


def _summarize(measured):
    slow = [one for one in measured if one.ratio > results.MAX_RATIO]
    more = [one.name for one in measured if len(set(one.statements)) > 1]
    within = len(measured) - len(slow)
    print(f"\n{within} of {len(measured)} take at most {results.MAX_RATIO} times as long.")
    for one in slow:
        print(f"  slower: {one.name} ({one.ratio:.2f})")
    if more:
        print(f"More statements with more rooms: {', '.join(more)}")

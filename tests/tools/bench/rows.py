"""SQL that generates millions of rooms, distributed as in real projects; see loading.py."""

from dataclasses import dataclass

PROJECTS = 20
# These numbers are the same in each database: only the number of rooms grows, not their use.
LIVE, KESTRELS, SMALL = 200, 40, 30

# A room's number determines all its values, so two databases differ only in the number of rooms.
# Half of the rooms belong to the first project, and SMALL to the last.
COLUMNS = """
    id, project_id, name, display_name, description, max_members, quality, fps,
    join_from, join_until, remove_at, remove_after_seconds_elapsed, layout, record_on_start,
    enable_room_previews, audio_video_sync, meta, version, created_at, updated_at
"""
ROOMS = """
SELECT
    (lpad(to_hex(extract(epoch FROM made)::bigint * 1000 + n %% 1000), 12, '0')
        || '7' || substr(mixed, 1, 3) || '8' || substr(mixed, 4, 15))::uuid,
    projects[CASE WHEN n <= %(small)s THEN %(projects)s
        WHEN n %% 2 = 0 THEN 1 ELSE 2 + (n / 2) %% (%(projects)s - 2) END],
    lower(topic) || '-' || lower(place) || '-' || n,
    CASE WHEN n %% greatest(%(rooms)s / %(kestrels)s, 1) = 0 THEN 'Kestrel ' ELSE '' END
        || topic || ' ' || place || ' ' || n,
    CASE WHEN n %% 3 = 0 THEN repeat(topic || ' in ' || place || '. ', 6) END,
    (ARRAY[5, 10, 20, 20, 50, 300])[1 + n %% 6],
    CASE WHEN n %% 40 = 0 THEN '1080p' ELSE '720p' END,
    20,
    CASE WHEN n %% 10 < 8 THEN opens END,
    CASE WHEN n %% 10 < 7 THEN opens + duration END,
    CASE WHEN n %% 10 < 4 THEN opens + duration + interval '30 minutes' END,
    CASE WHEN n %% 15 = 0 THEN 3600 END,
    (ARRAY['grid-responsive', 'grid-responsive', 'grid-responsive', '2x2', '5up'])[1 + n %% 5],
    n %% 25 = 0, n %% 20 = 0, false,
    jsonb_build_object('case', n)::text, 1, made, made
FROM (
    SELECT n, md5(n::text) AS mixed,
        %(now)s - interval '900 days' * (1 - n / %(rooms)s::float) AS made,
        date_trunc('hour', %(now)s) + interval '1 hour' * (n::bigint * 7919 %% 12000 - 8000)
            AS opens,
        CASE WHEN n %% 4 = 0 THEN interval '60 days' ELSE interval '1 hour' * (1 + n %% 8) END
            AS duration,
        (ARRAY['Consultation', 'Lesson', 'Standup', 'Interview', 'Webinar'])[1 + n %% 5] AS topic,
        (ARRAY['Berlin', 'Vienna', 'Bern', 'Lyon', 'Turin', 'Ghent', 'Oslo'])[1 + n / 5 %% 7]
            AS place,
        (SELECT array_agg(id ORDER BY name) FROM access_project) AS projects
    FROM generate_series(1, %(rooms)s) AS n WHERE n / 1000 %% %(streams)s = %(stream)s
) AS numbered
"""
PROJECT_ROWS = """
INSERT INTO access_project (id, name, is_active, requires_if_match, created_at)
SELECT gen_random_uuid(), 'Project ' || lpad(n::text, 2, '0'), true, false, now()
FROM generate_series(2, %(projects)s) AS n
"""
HISTORY = """
INSERT INTO rooms_roomchange (
    at, project_id, room_id, room_name, version, action, changes,
    author_kind, author_id, author_name, door, request_id)
SELECT created_at, project_id, id, name, 1, 'created',
    jsonb_build_object('max_members', jsonb_build_array(NULL, max_members)),
    'token', '1', 'bench', 'api', ''
FROM rooms_room ORDER BY id
"""
# One room in ten was used before; LIVE rooms have members now. The step is odd, because the rooms
# of the first project have even numbers.
SESSIONS = """
INSERT INTO room_sessions_roomsession (
    id, project_id, room_id, name, status, start_time, end_time, display_name, description,
    max_members, quality, fps, join_from, join_until, remove_at, remove_after_seconds_elapsed,
    layout, record_on_start, enable_room_previews, audio_video_sync)
SELECT gen_random_uuid(), project_id, id, name,
    CASE WHEN live THEN 'in-progress' ELSE 'completed' END,
    now() - interval '1 hour', CASE WHEN NOT live THEN now() END, display_name, description,
    max_members, quality, fps, join_from, join_until, remove_at, remove_after_seconds_elapsed,
    layout, record_on_start, enable_room_previews, audio_video_sync
FROM (
    SELECT *, row_number() OVER (ORDER BY id) %% ((%(rooms)s / 10 / %(live)s) | 1) = 0 AS live
    FROM rooms_room WHERE (meta::jsonb->>'case')::int / 2 %% 10 = 1
) AS used
"""
MEMBERS = """
INSERT INTO room_sessions_member (
    id, session_id, project_id, name, jti, join_as, media_allowed, end_room_session_on_leave,
    join_time)
SELECT gen_random_uuid(), session.id, session.project_id, 'Ada', gen_random_uuid()::text,
    'member', 'all', false, now()
FROM room_sessions_roomsession AS session, generate_series(1, 3) WHERE session.end_time IS NULL
"""


@dataclass(frozen=True)
class Rows:
    """The ids in a database that the requests use."""

    project: str
    small_project: str
    room_ids: list[str]
    # The last room before the list's 1,000th page (or before its second half, if the list is
    # shorter), and the number of rooms before that page.
    before_deep_page: str
    depth: int


def read_rows(connection):
    """Return the Rows of a filled database."""

    def column(statement):
        return [str(row[0]) for row in connection.execute(statement)]

    projects = column("SELECT id FROM access_project ORDER BY name")
    first_project = f"FROM rooms_room WHERE project_id = '{projects[0]}'"
    depth = min(49_949, int(column(f"SELECT count(*) / 2 {first_project}")[0]))
    return Rows(
        projects[0],
        projects[-1],
        column(f"SELECT id {first_project} ORDER BY md5(id::text) LIMIT {min(480, depth)}"),
        column(f"SELECT id {first_project} ORDER BY id DESC OFFSET {depth} LIMIT 1")[0],
        depth,
    )

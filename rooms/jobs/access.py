"""The access of a job's owner, which may have changed since the job was created."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from access.models import Project
from access.staff.limits import is_limited, visible_to
from rooms.models import Room
from rooms.models.job import Job, JobKind
from rooms.models.job_row import JobRow

MAY_CHANGE = ("rooms.view_room", "rooms.change_room", "rooms.bulk_change_room")
MAY_CREATE = "rooms.add_room"


def may_run(job: Job) -> bool:
    """Return whether the owner may make the changes of the job now."""
    # Read again: the owner of a loaded job keeps the permissions of an earlier time.
    owner = type(job.owner)._default_manager.get(pk=job.owner_id)
    creates = [MAY_CREATE] if job.kind == JobKind.IMPORT and job.request["create"] else []
    return (
        owner.is_active
        and owner.is_staff
        and owner.has_perms([*MAY_CHANGE, *creates])
        and is_visible(job, owner)
    )


def is_visible(job: Job, user: Any) -> bool:
    return bool(visible_jobs([job], user))


def visible_jobs(jobs: Iterable[Job], user: Any) -> list[Job]:
    """Return the jobs without imports into projects that `user` may no longer see."""
    jobs = list(jobs)
    project_of = {job: job.request["project"] for job in jobs if job.kind == JobKind.IMPORT}
    if not project_of:
        return jobs
    projects = Project.objects.filter(visible_to(user, ""), pk__in=set(project_of.values()))
    seen = {str(pk) for pk in projects.values_list("pk", flat=True)}
    return [job for job in jobs if job not in project_of or project_of[job] in seen]


def visible_rows(job: Job, user: Any) -> QuerySet[JobRow]:
    """Return the rows of the job without rooms of projects that `user` may no longer see."""
    if not is_limited(user):
        return job.rooms.all()
    rooms = Room.objects.filter(visible_to(user)).values("pk")
    # A row without a name is of a room that the job did not find either.
    return job.rooms.filter(Q(name="") | Q(room_id=None) | Q(room_id__in=rooms))

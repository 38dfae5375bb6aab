"""Estimates of the length, the size and the CPU time of a film, from the films so far."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from sessions.media.compositions import Wish
from sessions.media.people import people_of
from sessions.models import Composition, Recording

# The newest films that count.
SAMPLE = 50
# For a second at 30 fps: bytes, and CPU seconds at least and for each person.
USUAL = {"720p": (335_000, 0.23, 0.06), "1080p": (790_000, 0.54, 0.06)}
# The share of bytes and of CPU seconds at 20 fps.
AT_20_FPS = (0.86, 0.7)


@dataclass(frozen=True)
class Estimate:
    """The length of a film in seconds, its size, and the CPU time of its composition."""

    duration: int
    size_in_bytes: int
    cpu_seconds: int


def estimate(recording: Recording, wish: Wish) -> Estimate:
    """Return the estimate of a film of a recording, with the people of the wish."""
    people = [one for one in people_of(recording) if str(one.member.pk) not in wish.without]
    ends = [one.left_at for one in people if one.left_at]
    end = max(ends, default=recording.started_at)
    seconds = (end - recording.started_at).total_seconds()
    size, cpu = _measured(recording, wish) or _usual(wish, len(people))
    return Estimate(round(seconds), round(seconds * size), round(seconds * cpu))


def _measured(recording: Recording, wish: Wish) -> tuple[float, float] | None:
    """Return bytes and CPU seconds for a second of the project's films, or of all."""
    mine = Recording.objects.filter(project_id=recording.project_id).values("pk")[:SAMPLE]
    newest = Composition.objects.values("pk")[:SAMPLE]
    films = Composition.objects.all()
    for some in (films.filter(recording__in=mine), films.filter(pk__in=newest)):
        if rate := _rate(some.filter(quality=wish.quality, fps=wish.fps)):
            return rate
    return None


def _rate(films: QuerySet[Composition]) -> tuple[float, float] | None:
    composed = films.filter(seconds__gt=0, cpu_seconds__isnull=False, size_in_bytes__isnull=False)
    found = composed.aggregate(
        size=Sum("size_in_bytes"), cpu=Sum("cpu_seconds"), seconds=Sum("seconds")
    )
    seconds = found["seconds"]
    return (found["size"] / seconds, found["cpu"] / seconds) if seconds else None


def _usual(wish: Wish, people: int) -> tuple[float, float]:
    size, least, each = USUAL[wish.quality]
    of_size, of_cpu = AT_20_FPS if wish.fps == 20 else (1, 1)
    return size * of_size, (least + each * people) * of_cpu

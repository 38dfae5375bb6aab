"""Signed paths of films, which open without an account until they expire."""

from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

SALT = "greenroom.film"


def film_link(film_id: UUID, seconds: int) -> str:
    """Return the path of a film that is valid for `seconds`."""
    until = int(timezone.now().timestamp()) + seconds
    return reverse("film", args=[signing.dumps([str(film_id), until], salt=SALT)])


def film_of(signed: str) -> UUID | None:
    """Return the id of a film, or None for a link that has expired or is not ours."""
    try:
        film_id, until = signing.loads(signed, salt=SALT)
    except signing.BadSignature:
        return None
    return UUID(film_id) if timezone.now().timestamp() < until else None

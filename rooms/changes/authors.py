"""The author of a change that a request makes."""

from django.http import HttpRequest

from rooms.models.history import Author, AuthorKind, Door


def author_of(request: HttpRequest, door: Door) -> Author:
    """Return the user of `request` as the history stores it."""
    return Author(
        kind=AuthorKind.USER,
        id=str(request.user.pk),
        name=request.user.get_username(),
        door=door,
        request_id=request.id,
    )

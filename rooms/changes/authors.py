"""Who makes a change: the author of a request."""

from django.http import HttpRequest

from rooms.models.history import Author, AuthorKind, Door


def author_of(request: HttpRequest, door: Door) -> Author:
    """Return the person who sent `request` as the history names them."""
    return Author(
        kind=AuthorKind.USER,
        id=str(request.user.pk),
        name=request.user.get_username(),
        door=door,
        request_id=request.id,
    )

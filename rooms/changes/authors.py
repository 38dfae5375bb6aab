"""The author of a change that a request makes."""

from django.http import HttpRequest

from rooms.models.history import Author, AuthorKind, Channel


def author_of(request: HttpRequest, channel: Channel) -> Author:
    """Return the user of `request` as the history stores it."""
    return Author(
        kind=AuthorKind.USER,
        id=str(request.user.pk),
        name=request.user.get_username(),
        channel=channel,
        request_id=request.id,
    )

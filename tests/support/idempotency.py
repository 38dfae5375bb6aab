"""A request with an Idempotency-Key that has begun and has no response yet."""

from django.urls import resolve

from access.idempotent_calls import begin_call, digest_of


def begin(project, key, path, body):
    """Store a POST as a bulk change does before it answers."""
    match = resolve(path)
    ids = {name: str(value) for name, value in match.kwargs.items()}
    asked = {"method": "POST", "route": match.route, "ids": ids, "query": {}, "body": body}
    return begin_call(project.pk, key, digest_of(asked))

"""The films of a recording over HTTP; a recording can be composed again."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.parsers import StrictJsonParser
from access.api.views import body_of, has_body
from access.values.identifiers import is_uuid
from sessions.api.composition_serializers import (
    CompositionSerializer,
    NewCompositionSerializer,
    WishSerializer,
)
from sessions.api.examples import (
    COMPOSITION,
    COMPOSITION_DRY_RUN,
    COMPOSITION_ID,
    MEDIA_TTL,
    NEW_COMPOSITION,
    RECORDING_ID,
)
from sessions.api.recordings import RecordingView
from sessions.media.compositions import compose_again, delete_film, read_wish
from sessions.media.estimates import estimate
from sessions.models import Composition


class CompositionViewSet(RecordingView):
    serializer_class = CompositionSerializer
    parser_classes = [StrictJsonParser]
    query_parameters: ClassVar = {"list": [MEDIA_TTL], "retrieve": [MEDIA_TTL]}

    @extend_schema(parameters=[RECORDING_ID])
    def list(self, request: Request, recording: str) -> Response:
        """List the films of a recording, newest first."""
        serialize = self.serializing_films()
        page = self.paginate_queryset(self.found(recording).compositions.all())
        return self.get_paginated_response([serialize(film) for film in page])

    @extend_schema(parameters=[RECORDING_ID, COMPOSITION_ID], examples=[COMPOSITION])
    def retrieve(self, request: Request, recording: str, composition: str) -> Response:
        """Get a film of a recording, also while a mixer composes it."""
        serialize = self.serializing_films()
        return Response(serialize(self.film(recording, composition)))

    @extend_schema(
        operation_id="compose_room_recording",
        parameters=[RECORDING_ID],
        request=WishSerializer,
        responses={201: NewCompositionSerializer},
        examples=[NEW_COMPOSITION, COMPOSITION, COMPOSITION_DRY_RUN],
    )
    def compose(self, request: Request, recording: str) -> Response:
        """Compose a recording again, in another layout or without some members.

        A dry run estimates the length, the size and the CPU time.
        """
        one = self.found(recording)
        wish = read_wish(one, body_of(request) if has_body(request) else {})
        with self.changing_recording():
            film = compose_again(one, wish)
        body = self.serializing_films()(film)
        if self.is_dry_run:
            return Response(body | {"dry_run": asdict(estimate(one, wish))}, 201)
        return Response(body, 201, headers={"Location": f"{request.path}/{film.pk}"})

    @extend_schema(parameters=[RECORDING_ID, COMPOSITION_ID])
    def destroy(self, request: Request, recording: str, composition: str) -> Response:
        """Delete a film, or stop its composition. The recording and its raw files stay."""
        film = self.film(recording, composition)
        with self.changing_recording():
            delete_film(film)
        return Response(status=204)

    def film(self, recording: str, composition: str) -> Composition:
        """Return a film of one of the project's recordings. Raises Http404."""
        films = self.found(recording).compositions
        film = films.filter(pk=composition).first() if is_uuid(composition) else None
        if film is None:
            raise Http404
        return film

    def serializing_films(self) -> Any:
        """Return a function that serializes films; raise ValidationError for media_ttl."""
        return CompositionSerializer(context={"link": self.link_to_films()}).to_representation

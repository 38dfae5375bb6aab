"""Room tokens over HTTP: a project's server requests one and gives it to a user."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.forms import shapes_of
from access.api.scopes import ROOM_TOKENS, has_scope, missing_scope
from access.api.serializers import SecretField
from access.api.views import body_of
from access.http.errors import ApiError
from access.models import Scope
from rooms.api.base import RoomView
from rooms.rules.serializers import RuleSerializer
from sessions.api.examples import NEW_ROOM_TOKEN, ROOM_TOKEN
from sessions.tokens.permissions import DEFAULT_PERMISSIONS, PERMISSIONS
from sessions.tokens.room_tokens import claims_of, payload_of
from sessions.tokens.signatures import signed
from sessions.tokens.terms import TERMS, TokenTerms


class NewRoomTokenSerializer(RuleSerializer):
    """The body of POST /room_tokens."""

    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=[(name, name) for name in PERMISSIONS]),
        required=False,
        allow_null=True,
        help_text=f"The permissions of the bearer; an audience has none. The default is "
        f"{', '.join(DEFAULT_PERMISSIONS)}.",
    )

    class Meta:
        model = TokenTerms
        fields = tuple(TERMS)
        extra_kwargs = {"meta": {"allow_null": True}, "room_meta": {"allow_null": True}}


class RoomTokenSerializer(serializers.Serializer):
    token = SecretField(help_text="A JSON Web Token. It admits every bearer, so keep it secret.")


class RoomTokenViewSet(RoomView):
    scopes = ROOM_TOKENS
    serializer_class = RoomTokenSerializer
    # A token is not stored, so there is nothing to try.
    has_dry_run = False
    form_shapes = shapes_of(TERMS.values())
    secret_actions = frozenset({"create"})

    @extend_schema(
        request=NewRoomTokenSerializer,
        responses={200: RoomTokenSerializer},
        examples=[NEW_ROOM_TOKEN, ROOM_TOKEN],
    )
    def create(self, request: Request) -> Response:
        """Create a token that admits one user to a room."""
        claims = claims_of(self.token.project, body_of(request), strict=self.is_strict)
        if claims.auto_create_room and not has_scope(self.token, Scope.ROOMS_WRITE):
            raise ApiError(403, missing_scope(Scope.ROOMS_WRITE, "auto_create_room: true"))
        return Response({"token": payload_of(claims)})

    def reveal(self, answer: dict[str, Any]) -> dict[str, Any]:
        return {"token": signed(answer["token"])}

"""API tokens over HTTP, as in the reference's Project API: create, change, revoke.

A token never gives another one more than it has: scopes, networks and time.
"""

import hmac
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.authentication import sent_secret
from access.api.examples import API_TOKEN, API_TOKEN_ID
from access.api.parsers import StrictJsonParser
from access.api.project_token_bodies import (
    ApiTokenChangeSerializer,
    ApiTokenSerializer,
    NewApiTokenSerializer,
    body_fault,
    validate_token,
)
from access.api.scopes import API_TOKENS, has_scope, missing_scope
from access.api.views import ProjectView, body_of
from access.http.errors import ApiError
from access.models import TOKEN_LIFE, ApiToken, Scope
from access.values.faults import missing_parameter
from access.values.numbered_ids import NumberedIds

TOKEN_IDS = NumberedIds("tokens")
WRITABLE = ("name", "permissions")
OF_ANOTHER = "Only the API token that created this one can repeat the request."


class ProjectTokenViewSet(ProjectView):
    scopes = API_TOKENS
    serializer_class = ApiTokenSerializer
    parser_classes = [StrictJsonParser]
    secret_actions = frozenset({"create"})

    @extend_schema(
        operation_id="create_api_token",
        request=NewApiTokenSerializer,
        responses={200: ApiTokenSerializer},
        examples=[API_TOKEN],
    )
    def create(self, request: Request) -> Response:
        """Create an API token of the project. The response alone has its secret."""
        values = self._read(required=WRITABLE)
        self._check_rights(values["scopes"])
        salt = secrets.token_hex(32)
        with self.rollback_if_dry_run(), transaction.atomic():
            made = _issued(self.token, values, self._derived(salt))
        return self._answer(made, None if self.is_dry_run else f"{made.prefix} {salt}")

    @extend_schema(
        operation_id="patch_api_token",
        parameters=[API_TOKEN_ID],
        request=ApiTokenChangeSerializer,
        responses={200: ApiTokenSerializer},
    )
    def partial_update(self, request: Request, api_token: str) -> Response:
        """Change the name or the permissions of an API token."""
        self._found(api_token)
        values = self._read()
        self._check_rights(values.get("scopes", ()))
        with self.rollback_if_dry_run(), transaction.atomic():
            found = self._found(api_token, lock=True)
            for name, value in values.items():
                setattr(found, name, value)
            validate_token(found)
            found.save(update_fields=list(values))
        return self._answer(found)

    @extend_schema(operation_id="delete_api_token", parameters=[API_TOKEN_ID])
    def destroy(self, request: Request, api_token: str) -> Response:
        """Revoke an API token: requests with it are 401 from now on."""
        found = self._found(api_token)
        if not self.is_dry_run:
            found.revoke()
        return Response(status=204)

    def reveal(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Replace the prefix and the salt, which an Idempotency-Key stores, by the secret."""
        if self.is_dry_run:
            return answer
        prefix, _, salt = answer["token"].partition(" ")
        text = ApiToken.text_of(prefix, self._derived(salt))
        if ApiToken.find(text) is None:
            raise ApiError(409, OF_ANOTHER)
        return {**answer, "token": text}

    def _derived(self, salt: str) -> bytes:
        """Return the bytes of a secret, which only the secret of this request leads to."""
        _, secret = sent_secret(self.request.META["HTTP_AUTHORIZATION"])
        return hmac.digest(secret.encode(), salt.encode(), "sha256")

    def _found(self, api_token: str, *, lock: bool = False) -> ApiToken:
        """Return a token of the project that is not revoked. Raises Http404."""
        rows = ApiToken.objects.filter(project=self.token.project_id, revoked_at=None)
        number = TOKEN_IDS.number_of(api_token)
        rows = rows.select_for_update() if lock else rows
        found = None if number is None else rows.filter(pk=number).first()
        if found is None:
            raise Http404
        return found

    def _read(self, required: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the fields that the body sets. Raises ValidationError with all errors."""
        body = body_of(self.request)
        faults = {name: wrong for name in body if (wrong := body_fault(name, body, self.is_strict))}
        faults |= {name: missing_parameter(name) for name in required if name not in body}
        if faults:
            raise ValidationError(faults)
        fields = {"name": "name", "permissions": "scopes"}
        return {fields[name]: body[name] for name in WRITABLE if name in body}

    def _check_rights(self, scopes: Any) -> None:
        for scope in scopes:
            if not has_scope(self.token, Scope(scope)):
                raise ApiError(403, missing_scope(Scope(scope), f"To give {scope}, a request"))

    def _answer(self, token: ApiToken, secret: str | None = None) -> Response:
        body = {"id": str(TOKEN_IDS.id_of(token.pk)), "name": token.name}
        body |= {"permissions": token.scopes, "token": secret}
        return self.answer(body)


def _issued(by: ApiToken, values: dict[str, Any], random: bytes) -> ApiToken:
    """Return a saved token, which ends no later than `by` and has its networks."""
    ends = [timezone.now() + TOKEN_LIFE, *([by.expires_at] if by.expires_at else [])]
    made = ApiToken(project=by.project, allowed_networks=by.allowed_networks, expires_at=min(ends))
    made.created_by = by.name
    for name, value in values.items():
        setattr(made, name, value)
    made.renew(random)
    validate_token(made)
    made.save()
    return made

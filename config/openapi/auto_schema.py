"""The OpenAPI document: what drf-spectacular reads from the code, and what operations share."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.module_loading import import_string
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from access.api.filters import QueryBoolean, QueryTimestamp
from access.api.parsers import StrictFormParser
from access.api.scopes import scope_text
from access.api.serializers import ResponseSerializer, TimestampSchema
from config.openapi.form_bodies import as_form
from config.openapi.operations import KINDS, OperationSpec, refusing
from config.openapi.responses import ANYWHERE, response_headers
from rooms.filters import QueryText
from rooms.models.searchable import LONGEST_SEARCH

_QUERY = {
    QueryTimestamp: TimestampSchema.request,
    QueryBoolean: {"type": "boolean"},
    forms.UUIDField: {"type": "string", "format": "uuid"},
    forms.CharField: {"type": "string", "pattern": r"^[^\u0000]*$"},
    QueryText: {"type": "string", "pattern": r"^[^\u0000]*$", "maxLength": LONGEST_SEARCH},
}
CONDITIONS = ("If-Match", "If-None-Match", "If-Unmodified-Since")
VERBS = {"retrieve": "get", "partial_update": "patch", "destroy": "delete"}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "access.api.authentication.TokenAuthentication"
    name = ["basic", "bearer"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {
                "type": "http",
                "scheme": "basic",
                "description": "Username: the project's id. Password: an API token of the project.",
            },
            {
                "type": "http",
                "scheme": "bearer",
                "description": "An API token of the project.",
            },
        ]


class Schema(AutoSchema):
    """Adds headers, form bodies and errors to each operation."""

    def is_excluded(self) -> bool:
        # The document does not contain the view that serves it.
        return not hasattr(self.view, "action")

    def get_operation_id(self) -> str:
        *outer, noun = self._tokenize_path()
        action = self.view.action
        words = [word.removesuffix("s") for word in outer]
        words.append(noun if action == "list" else noun.removesuffix("s"))
        return "_".join([VERBS.get(action, action), *words])

    def get_summary(self) -> str:
        return self.get_description().partition("\n")[0].rstrip(".")

    def get_description(self) -> str:
        return f"{super().get_description()}\n\n{scope_text(self.view, self.method)}".strip()

    @property
    def kind(self) -> OperationSpec:
        return KINDS.get(self.get_operation_id()) or KINDS[self.view.action]

    def get_override_parameters(self) -> list[Any]:
        return list(self.view.query_parameters.get(self.view.action, ()))

    def _get_parameters(self) -> list[dict[str, Any]]:
        names = ("X-Request-Id", *self.kind.parameters, *self._headers_of_writes())
        shared = [{"$ref": f"#/components/parameters/{name}"} for name in names]
        return [*super()._get_parameters(), *shared]

    def _has_version(self) -> bool:
        return self.view.action in self.view.versioned_actions

    def _headers_of_writes(self) -> tuple[str, ...]:
        conditions = CONDITIONS if self._has_version() else ()
        return (*conditions, "Idempotency-Key") if self.method == "POST" else conditions

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        filters = getattr(self.view, "filterset_class", None)
        if self.view.action != "list" or filters is None:
            return []
        return [
            {
                "name": name,
                "in": "query",
                "description": str(narrowing.extra.get("help_text", ""))
                or f"Only rows with this {name}.",
                "schema": self._narrowed_by(narrowing),
                # An HTML form sends empty fields, which do not filter.
                "allowEmptyValue": True,
            }
            for name, narrowing in filters.base_filters.items()
        ]

    def _narrowed_by(self, narrowing: Any) -> dict[str, Any]:
        choices = [value for value, _ in narrowing.extra.get("choices", ())]
        for name, enum in named_enums().items():
            if choices and choices == enum.values:
                return self._component(name, {"type": "string", "enum": choices})
        if choices:
            return {"type": "string", "enum": choices}
        return _QUERY[narrowing.field_class]

    def _component(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref

    def _is_list_view(self, serializer: Any = None) -> bool:
        # A schema as a dict describes a file, which is not paginated.
        return not isinstance(serializer, dict) and super()._is_list_view(serializer)

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        body = super()._get_request_body(direction)
        if body:
            # A change needs a body, if only {}; a revert or a composition does not.
            body["required"] = self.view.action not in ("revert", "compose")
        if body and StrictFormParser in self.view.parser_classes:
            serializer = self.resolve_serializer(self.get_request_serializer(), direction)
            name = serializer.name.replace("Request", "Form")
            body["content"][StrictFormParser.media_type] = {
                "schema": self._component(name, as_form(serializer.schema))
            }
        return body

    def _map_serializer(self, serializer: Any, direction: str, *args: Any) -> dict[str, Any]:
        schema = super()._map_serializer(serializer, direction, *args)
        if not vars(type(serializer)).get("__doc__"):
            # The docstring of a base class is for developers.
            schema.pop("description", None)
        if direction == "response" and not isinstance(serializer, ResponseSerializer):
            # In other serializers, required=False is only about requests.
            schema["required"] = list(schema["properties"])
        return schema

    def _get_serializer_field_meta(self, field: Any, direction: str) -> dict[str, Any]:
        meta = super()._get_serializer_field_meta(field, direction)
        if getattr(field, "min_length", None) is None:
            # For REST framework, empty text is a missing value; the rules set the length.
            meta.pop("minLength", None)
        column = _column(field)
        if direction == "response" and column and not column.null:
            # A request may send null for the default; a response never has it.
            meta.pop("nullable", None)
        settable = direction == "request" and not field.read_only and column
        if settable and self.view.action == "create" and column.has_default():
            meta["default"] = column.to_json(column.get_default())
        return meta

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        answers = super()._get_response_bodies(direction)
        for answer in answers.values():
            answer["headers"] = response_headers("Preference-Applied", *self.kind.sends)
            answer["description"] = self.kind.done
            if self.kind.leads_to:
                answer["links"] = {
                    name: {"operationId": name, "parameters": taken}
                    for name, taken in self.kind.leads_to.items()
                }
        if self.method == "GET" and "ETag" in self.kind.sends:
            answers["304"] = reference("NotModified")
        return answers | {status: reference(name) for status, name in self._refusals().items()}

    def _refusals(self) -> dict[str, str]:
        missing = [404] if "{" in self.path else []
        stale = [412] if self._has_version() else []
        in_flight = {"InFlight": 409} if self.method == "POST" else {}
        refused = refusing(*ANYWHERE, *missing, *stale, **in_flight) | self.kind.refuses
        return {str(status): name for status, name in sorted(refused.items())}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name}"}


def _column(field: Any) -> Any:
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    columns = model._meta.concrete_fields if model else ()
    return next((column for column in columns if column.name == field.source), None)


def named_enums() -> dict[str, Any]:
    paths = settings.SPECTACULAR_SETTINGS["ENUM_NAME_OVERRIDES"]
    return {name: import_string(path) for name, path in paths.items()}

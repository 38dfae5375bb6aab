"""The one error body of the whole API (contract.md, section 4)."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from access.database.outages import is_outage, is_read_only

log = logging.getLogger(__name__)

SECONDS_UNTIL_RETRY = 2
LONGEST_ATTRIBUTE, LONGEST_MESSAGE = 100, 500


class ApiError(exceptions.APIException):
    """An error response: its status, a sentence, headers, and more keys of the body."""

    def __init__(
        self, status: int, detail: str = "", headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status_code = status
        self.body = error_body(status, detail) | more
        self.headers = headers or {}


def error_body(status: int, detail: str = "") -> dict[str, Any]:
    """Return {"error": "Not Found"}, with a sentence that says what to do, if there is one."""
    error = {"error": HTTPStatus(status).phrase}
    return {**error, "detail": detail} if detail else error


def faults_body(error: ValidationError, base_url: str) -> dict[str, Any]:
    """Return {"errors": [...]} with all errors of a body or query."""
    return {"errors": faults_of(error, base_url)}


def faults_of(error: ValidationError, base_url: str) -> list[dict[str, Any]]:
    return [
        {
            "type": "validation_error",
            "code": fault.code,
            "message": printable("; ".join(fault.messages), LONGEST_MESSAGE),
            "attribute": printable(attribute),
            "url": f"{base_url}/api/docs#{fault.code}",
        }
        for attribute, faults in error.error_dict.items()
        for fault in faults
    ]


def printable(text: str, longest: int = LONGEST_ATTRIBUTE) -> str:
    """Return `text` short and encodable: a key of a body may contain a lone surrogate."""
    return str(text)[:longest].encode("utf-8", "backslashreplace").decode()


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response for an exception in an API view; None means a 500."""
    if isinstance(exc, ValidationError):
        return Response(faults_body(exc, base_url(context["request"])), status=422)
    if is_outage(exc):
        return log_database_error(exc, Response(outage_body(exc), 503))
    if isinstance(exc, ApiError):
        return Response(exc.body, exc.status_code, headers=exc.headers)
    response = exception_handler(exc, context)
    if response is not None:
        response.data = error_body(response.status_code, _sentence(exc))
    return response


def outage_body(exc: BaseException) -> dict[str, Any]:
    """Return the error body of a 503."""
    reason = "is read-only at present" if is_read_only(exc) else "did not answer"
    return error_body(503, f"The database {reason}. Try again in {SECONDS_UNTIL_RETRY} seconds.")


def log_database_error(exc: BaseException, response: Any) -> Any:
    """Log a database error, mark it for config/monitoring/middleware.py, set Retry-After."""
    log.error("The database is not available: %s", exc)
    response.headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
    # The class of the driver, such as LockNotAvailable or DiskFull.
    response.database_error = type(exc.__cause__ or exc).__name__
    return response


def json_error(request: HttpRequest, status: int, detail: str = "") -> JsonResponse:
    """Return the same error body, for code outside of API views."""
    return JsonResponse(error_body(status, detail), status=status)


def base_url(request: Any) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _sentence(exc: Exception) -> str:
    # Only these sentences of the framework help the client and reveal nothing about tokens.
    helpful = (
        exceptions.ParseError,
        exceptions.UnsupportedMediaType,
        exceptions.NotAcceptable,
        exceptions.MethodNotAllowed,
        exceptions.Throttled,
    )
    if type(exc) is exceptions.PermissionDenied and exc.detail != exc.default_detail:
        # The sentence of access/api/permissions.py.
        return str(exc.detail)
    return str(exc.detail) if isinstance(exc, helpful) else ""

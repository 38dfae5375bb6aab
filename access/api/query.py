"""The query parameters and preferences of a call; those that the view would misread are refused."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS

from access.api.dry_run import means_dry_run, resembles_dry_run
from access.api.filters import read_boolean

DRY_RUN = "dry_run"
_NEAR = "looks like a dry run: send dry_run=true or Prefer: dry-run. Nothing was done."
_NONE = "cannot be applied, because this call has no dry run. Nothing was done."


def known_parameters(view: Any) -> set[str]:
    """Return the query parameters of the action of `view`, which the OpenAPI document lists."""
    names = {parameter.name for parameter in view.query_parameters.get(view.action, ())}
    if view.action == "list":
        filters = getattr(view, "filterset_class", None)
        names |= filters.base_filters.keys() if filters else set()
        names |= {one["name"] for one in view.paginator.get_schema_operation_parameters(view)}
    return names | ({DRY_RUN} if changes(view) and view.has_dry_run else set())


def changes(view: Any) -> bool:
    return view.request.method not in SAFE_METHODS


def check_call(view: Any) -> None:
    """Refuse preferences and query parameters with an error for each. Raises ValidationError."""
    faults = _faults_of_prefer(view) or _faults_of_unknown(view)
    faults |= _faults_of_dry_run(view, "Prefer" not in faults)
    if faults:
        raise ValidationError(faults)


def _faults_of_prefer(view: Any) -> dict[str, Any]:
    try:
        words = list(view.preferences.words())
    except ValueError as wrong:
        return _fault("Prefer", f"cannot be read: {wrong}.")
    # RFC 7240 ignores unknown preferences, so only other spellings are refused here.
    if view.preferences.has("dry-run") or not any(map(means_dry_run, words)):
        return {}
    return _fault("Prefer", _NEAR)


def _faults_of_unknown(view: Any) -> dict[str, Any]:
    query = view.request.query_params
    faults: dict[str, Any] = {}
    known = known_parameters(view) if view.is_strict else query.keys()
    for name in query:
        if name != DRY_RUN and resembles_dry_run(name):
            faults |= _fault(name, _NEAR, "unknown_parameter")
        elif name not in known:
            faults |= _fault(name, "is not a parameter of this call.", "unknown_parameter")
    return faults


def _faults_of_dry_run(view: Any, is_readable: bool) -> dict[str, Any]:
    try:
        asked = read_boolean(view.request.query_params, DRY_RUN)
    except ValidationError as wrong:
        return wrong.error_dict
    if view.has_dry_run or not changes(view):
        return {}
    if asked:
        return _fault(DRY_RUN, _NONE)
    return _fault("Prefer", _NONE) if is_readable and view.preferences.has("dry-run") else {}


def _fault(name: str, rule: str, code: str = "invalid_parameter") -> dict[str, Any]:
    return {name: ValidationError(f"{name} {rule}", code=code)}

"""The base of views with POST: a key has one effect, and no secret of a response is stored."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.http import HttpResponseBase
from rest_framework import viewsets
from rest_framework.request import Request

from access.api.idempotency import call_once, key_of, request_digest, stored_response
from access.http.errors import ApiError
from access.idempotent_calls import forget_call


class PostView(viewsets.GenericViewSet):  # type: ignore[type-arg]
    """Runs each POST through answer_once(), so that a new action honours keys, too."""

    # The actions whose responses have secrets; reveal() adds them.
    secret_actions: ClassVar[frozenset[str]] = frozenset()
    is_dry_run: Any

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action and request.method == "POST":
            self.post = partial(self._post, getattr(self, self.action))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self.action in self.secret_actions and response.status_code < 400:
            response.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def _post(self, handler: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Run the handler of a POST, once for each Idempotency-Key."""
        key = key_of(request)
        act = partial(handler, request, *args, **kwargs)
        if key is None or self.is_dry_run:
            return self._revealed(act())
        return self.answer_once(key, act)

    def answer_once(self, key: str, act: Callable[[], HttpResponseBase]) -> Any:
        """Return the stored response of this key, or that of `act`, which is then stored."""
        has_secret = self.action in self.secret_actions
        token: Any = self.request.auth
        call, is_new = call_once(token.project_id, key, request_digest(self.request), act)
        try:
            return self._revealed(stored_response(call, parsed=has_secret))
        except ApiError:
            if is_new:
                forget_call(call)
            raise

    def _revealed(self, response: Any) -> Any:
        if self.action in self.secret_actions:
            response.data = self.reveal(response.data)
        return response

    def reveal(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Add the secrets to the body of a response, which is stored without them.

        Runs after the commit. An ApiError frees the key, so it must leave no effect.
        """
        return answer

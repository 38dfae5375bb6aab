"""The operations of the reference that Greenroom does not have."""

from typing import Any, NoReturn

from rest_framework.request import Request
from rest_framework.views import APIView

from access.http.errors import ApiError
from access.models import ApiToken, token_by_prefix

DETAIL = "This operation does not exist in Greenroom. /api/docs lists those that exist."


class MissingOperationView(APIView):
    """Answers each method with 404 and a reason, after the token was checked."""

    def find_token(self, prefix: str) -> ApiToken | None:
        return token_by_prefix().first(prefix)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        super().initial(request, *args, **kwargs)
        raise ApiError(404, DETAIL)

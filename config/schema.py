"""What the API's description says beyond what the code shows: the answers common to all calls."""

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    pass

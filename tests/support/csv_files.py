"""CSV exports, and the refusals of an import."""

from tests.support.api import ROOMS_URL


def export(api, query=""):
    response = api.get(ROOMS_URL + query, headers={"Accept": "text/csv"})
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def refusals(response):
    """Return {line: {attribute: code}} of the refused rows."""
    return {
        result["line"]: {error["attribute"]: error["code"] for error in result["errors"]}
        for result in response.json()["results"]
        if result["outcome"] == "refused"
    }

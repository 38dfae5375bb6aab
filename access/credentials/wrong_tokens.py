"""Limit how often a network sends wrong API tokens."""

from access.credentials.pauses import PauseRule, begin_attempt, failure_key
from access.database.outages import ignored_outage
from access.http.client_address import client_network

# A client whose token expires sends some more requests; it waits at most 64 seconds afterwards.
WRONG_TOKENS = PauseRule(free=19, steps=6)


def count_wrong_token(address: str) -> None:
    """Count a request with a wrong token from this address. Raises Paused during a pause."""
    key = failure_key("tokens", client_network(address))
    # The token is refused also if the database does not count at present.
    with ignored_outage():
        begin_attempt({key: WRONG_TOKENS})

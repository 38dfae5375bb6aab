"""A client and a user of a server whose database is not available."""

import copy
import json

from tests.support import raw_http
from tests.support.api import ROOMS_URL, basic
from tests.support.raw_http import request
from tests.support.server import manage


class Caller:
    """An API client and a signed-in user of one server."""

    def __init__(self, server, env):
        self.server = server
        made = manage(env, "create_token", "--project", "P", "--scope", "video", "--json")
        token = json.loads(made)
        self.headers = {
            "Host": "localhost",
            "Authorization": basic(token["project_id"], token["token"]),
            "Content-Type": "application/json",
        }
        room = self.call("POST", ROOMS_URL, b'{"name":"r"}').json()
        self.url = f"{ROOMS_URL}/{room['id']}"

    def at(self, server):
        """Return the same client of another server."""
        other = copy.copy(self)
        other.server = server
        return other

    def call(self, method, url, body=None):
        return raw_http.send(self.server, request(method, url, self.headers, body), method)

    def get(self):
        return self.call("GET", self.url)

    def put(self, max_members):
        return self.call("PUT", self.url, b'{"max_members":%d}' % max_members)

    def page(self, path):
        headers = {"Host": "localhost", "Cookie": "sessionid=0123456789abcdefghijklmnopqrstuv"}
        return raw_http.send(self.server, request("GET", path, headers), "GET")


def says_away(answer):
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["x-request-id"]
    return True

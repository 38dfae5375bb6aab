"""A client of Janus without a camera."""

import requests

from sessions.media.janus_requests import PLUGIN


class Visitor:
    """A client without a camera: it joins and publishes nothing."""

    def __init__(self, place, **said):
        self.place = place
        self.address = place["url"]
        self.address = f"{place['url']}/{self._post(janus='create')}"
        self.session = self.address
        self.address = f"{self.address}/{self._post(janus='attach', plugin=PLUGIN)}"
        body = {"request": "join", "ptype": "publisher"}
        body |= {name: place[name] for name in ("room", "id", "token")} | said
        self._post(janus="message", body=body)
        self.joined = self._event()

    def leave(self):
        self.address = self.session
        self._post(janus="destroy")

    def _post(self, **message):
        message |= {"transaction": "visit", "token": self.place["token"]}
        answer = requests.post(self.address, json=message, timeout=10).json()
        if answer["janus"] == "error":
            raise ValueError(answer["error"]["reason"])
        return answer.get("data", {}).get("id")

    def _event(self):
        answer = requests.get(self.session, {"token": self.place["token"]}, timeout=40).json()
        return answer["plugindata"]["data"]

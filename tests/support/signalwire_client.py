"""The real client, signalwire-sdk from PyPI."""

from signalwire.rest import RestClient


def client_with(greenroom, project, secret):
    client = RestClient(str(project), secret, host=f"{greenroom.host}:{greenroom.port}")
    return client.video

"""Print the least CPU time of many requests by Django's test client, for each page of a module."""

import sys
import time
from importlib import import_module

import django
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

REQUESTS, WARM_UP = 40, 5


def main(module, only):
    django.setup()
    application = import_module(module)
    user = application.fill()
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    for name, send in application.requests(client):
        if only in name:
            print(_row(name, send), flush=True)


def _row(name, send):
    for _ in range(WARM_UP):
        response = send()
    if response.status_code != 200:
        raise RuntimeError(f"{name}: status {response.status_code}")
    with CaptureQueriesContext(connection) as statements:
        send()
        count = len(statements)
    least = min(_seconds(send) for _ in range(REQUESTS))
    return f"| {name} | {least * 1000:.1f} | {count} | {len(response.content):,} |"


def _seconds(send):
    start = time.process_time()
    send()
    return time.process_time() - start


if __name__ == "__main__":
    main(*sys.argv[1:])

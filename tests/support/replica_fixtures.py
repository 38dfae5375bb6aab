"""Two servers on a PostgreSQL with a replica, which a test can hold back, and who calls them.

What is written while the replica is held back is not there: an answer says who was asked.
"""

import copy
import json

import psycopg
import pytest
import requests
from django.conf import settings

from access.database.routing import READ_THERE
from tests.support.api import ROOMS_URL
from tests.support.postgres import cluster
from tests.support.processes import eventually
from tests.support.server import manage, start_server
from tests.support.standby import standby

METRICS = "a-token-for-prometheus"
# As long as a test may hold the replica back.
NO_LIMIT = "3600"

MADE = """
import json
from django.core.management import call_command

call_command("migrate", verbosity=0)
from django.contrib.auth.models import Permission
from django.test import Client
from access.models import Project

"""Failovers of a Patroni cluster under load: ./run failover."""

import os

import django

# The helpers of the tests import models.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

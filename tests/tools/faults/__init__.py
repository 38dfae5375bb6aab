"""Measures a real server while strangers, long calls or its database disturb it."""

import os

import django

# The helpers of the tests import models.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

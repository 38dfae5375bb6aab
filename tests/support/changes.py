"""A small valid change of a room."""

CHANGE = {"max_members": 5}

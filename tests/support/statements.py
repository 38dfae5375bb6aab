"""Statements in short form, and those of which most calls consist."""

LOCKED = "SELECT rooms_room"
TOKEN = "SELECT access_apitoken"
LISTENERS = "SELECT access_webhookendpoint"
BOTH = "SELECT the token and the room"


def in_short(sql):
    words = sql.replace('"', "").split()
    verb = words[0].rstrip(";")
    tables = [word for word in words if word.startswith(("access_", "rooms_", "room_sessions_"))]
    if "LATERAL" in words:
        return BOTH
    return f"{verb} {tables[0].partition('.')[0]}" if tables else verb

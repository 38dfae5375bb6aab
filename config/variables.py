"""Describe each environment variable, by group: the texts of the settings reference."""

GROUPS: dict[str, dict[str, str]] = {
    "Server": {
        "GREENROOM_DATA": "Folder of the SQLite database, the secrets and the static files.",
        "HOST": "Address that the server listens on.",
        "PORT": "TCP port that the server listens on.",
        "WORKERS": "Processes of the server.",
        "THREADS": "Threads of each process.",
        "BODY_TIMEOUT": "Seconds in which the headers and the body of a request must arrive.",
        "SEND_TIMEOUT": "Seconds after which a response that the client does not read is aborted.",
        "BODY_MEMORY": (
            "Megabytes that request bodies may take in each process; beyond it requests get 503."
        ),
        "CONNECTIONS": "Connections that each process accepts at a time; further ones wait.",
        "CONNECTIONS_PER_ADDRESS": (
            "Of these, connections of one IPv4 address or one /64 network of IPv6; further ones "
            "are closed. With `PROXIES` the proxy must set such a limit."
        ),
    },
    "Security": {
        "SECRET_KEY": "Signs user sessions. Webhook secrets are derived from it, so keep it.",
        "ROOM_TOKEN_KEYS": (
            "Keys of room tokens: the first signs, all verify. To rotate, put a new one in front."
        ),
        "ALLOWED_HOSTS": "Host names of the server.",
        "CSRF_TRUSTED_ORIGINS": "Other origins that may submit forms.",
        "HTTPS": "`__Host-` cookies and HSTS; plain HTTP is redirected or refused.",
        "PROXIES": "Number of trusted proxies in front of the server.",
        "SESSION_IDLE_MINUTES": (
            "Minutes without a request after which staff sign in again; 12 hours in any case."
        ),
        "DEBUG": "Error pages with source code. Only for your own machine.",
    },
    "API": {
        "RATE_LIMIT": "Requests that one token may send to all servers together. Empty: no limit.",
        "IDEMPOTENCY_CALLS": (
            "Requests with an `Idempotency-Key` that one project may send in 24 hours."
        ),
        "IDEMPOTENCY_MEGABYTES": (
            "Megabytes of responses that one project may have stored for its idempotency keys."
        ),
    },
    "Webhooks": {
        "WEBHOOK_ALLOW": "Private networks that webhooks may reach, such as `10.1.0.0/16`.",
    },
    "Metrics and log": {
        "METRICS_TOKEN": "Bearer token for `/metrics`. Empty: nothing is counted.",
    },
    "Database": {
        "DATABASE_URL": (
            "`postgres://user:password@host/name` or `sqlite:////path`. Several PostgreSQL hosts: "
            "`postgres://user:password@one:5432,two:5432/name?target_session_attrs=read-write`."
        ),
        "PGBOUNCER": "Whether `DATABASE_URL` is a pgbouncer in transaction mode.",
        "REPLICA_URL": "`postgres://…` of a streaming standby, which some reads go to.",
        "REPLICA_LAG_SECONDS": "Seconds that the replica may be behind before it is not read.",
        "SESSION_DAYS": (
            "Days after which a worker deletes an ended room session with its members and events. "
            "0: never."
        ),
        "MIGRATION_LOCK_SECONDS": "Seconds that a migration waits for a lock before it gives up.",
    },
    "Media server": {
        "MEDIA_SERVER": "`none`: your gateway carries the media. `janus`: Janus does.",
        "MEDIA_JOIN_SECONDS": "Seconds that an admitted member has to connect to Janus.",
        "MEDIA_LOOK_SECONDS": "Seconds between two polls of a room on Janus.",
        "JANUS_URL": "URL of Janus for browsers, such as `https://meet.example.org/janus`.",
        "JANUS_ADMIN_URL": "URL of Janus' admin API, such as `http://127.0.0.1:7088/admin`.",
        "JANUS_ADMIN_SECRET": "`admin_secret` of Janus' settings.",
        "JANUS_ADMIN_KEY": "`admin_key` of Janus. Members' tokens are derived from it.",
        "JANUS_EVENTS_SECRET": "Password that Janus' event handler sends.",
        "JANUS_RECORDINGS": "Folder on Janus' machine for recordings.",
        "MIXER": "Whether `./run mixer` composes recordings. Without it they stay raw files.",
        "RECORDINGS_FORMAT": "Container of new films: MP4 (H.264, AAC) or WebM (VP9, Opus).",
        "RECORDINGS_FOLDER": "Folder of composed recordings, for mixers and servers.",
    },
}
DESCRIPTIONS: dict[str, str] = {
    name: text for group in GROUPS.values() for name, text in group.items()
}

"""Every setting of Greenroom; each environment variable is read once, here."""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config.databases import PATIENCE, replica_of
from config.environment import (
    flag,
    keys,
    needed,
    networks,
    number,
    one_of,
    rate,
    secret,
    shown,
    words,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("GREENROOM_DATA") or BASE_DIR / "data").absolute()
DATA_DIR.mkdir(parents=True, exist_ok=True)

# --- Who we are on the network -------------------------------------------------
DEBUG = flag("DEBUG", default=False)
HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = number("PORT", default=8000)
WORKERS = number("WORKERS", default=2, at_least=1)
THREADS = number("THREADS", default=4, at_least=1)
SECRET_KEY = secret("SECRET_KEY", DATA_DIR)
# Room tokens: the first key signs, all of them verify.
ROOM_TOKEN_KEYS = keys("ROOM_TOKEN_KEYS", DATA_DIR)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", default=f"localhost,127.0.0.1,[::1],{HOST}")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS", default="")
# How many proxies in front of us are ours: that many entries of X-Forwarded-For are believed.
PROXIES = number("PROXIES", default=0)

# Networks inside that webhooks may be sent to all the same, over plain HTTP too.
WEBHOOK_ALLOW = networks("WEBHOOK_ALLOW")

HTTPS = flag("HTTPS", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Many clients drop the body of a redirected PUT: the API refuses instead (access/http/framing.py).
SECURE_REDIRECT_EXEMPT = [r"^api/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and PROXIES else None
# Whether an organisation's other hosts speak HTTPS is not ours to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- Limits of one request --------------------------------------------------
API_BODY_BYTES = 256 * 1024
# Changes of many rooms: ten thousand ids in JSON, or a CSV file.
API_IDS_BYTES = 512 * 1024
API_FILE_BYTES = 8 * 1024 * 1024
# Pages take files.
PAGE_BODY_BYTES = 4 * 1024 * 1024
API_QUERY_BYTES = 8 * 1024
HEADER_BYTES = 64 * 1024
# Seconds; Granian waits no longer than a minute for the headers of a request.
BODY_TIMEOUT = number("BODY_TIMEOUT", default=10, at_least=1, at_most=60)
# Requests per token, such as 600/min; empty: no limit, and nothing is counted.
RATE_LIMIT = rate("RATE_LIMIT")

# Whoever shows it may read /metrics; empty: nobody, and nothing is counted (docs/operations.md).
METRICS_TOKEN = shown("METRICS_TOKEN", shortest=20)

# --- Parts ------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "access",
    "rooms",
    "sessions.apps.SessionsConfig",
]

MIDDLEWARE = [
    "config.middleware.requests.RequestId",
    "config.monitoring.probes.Probes",
    "config.monitoring.middleware.Counting",
    "config.middleware.requests.ApiErrors",
    "access.http.framing.Framing",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.requests.ContentSecurityPolicy",
    # The API goes no further, but to its view.
    "config.middleware.requests.PagesOnly",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.page_addresses.ReadableAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.requests.Locale",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "access.staff.preferences.Preferences",
    "config.middleware.requests.DatabaseAway",
    "config.middleware.requests.ViewItself",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
X_FRAME_OPTIONS = "DENY"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "access.staff.preferences.surroundings",
            ],
        },
    },
]

# --- The media server (docs/media-servers.md) ----------------------------------------
MEDIA_SERVER = one_of("MEDIA_SERVER", "none", "janus")
# Seconds in which an admitted member has to turn up there, and between two looks at a room.
MEDIA_JOIN_SECONDS = number("MEDIA_JOIN_SECONDS", default=60, at_least=1)
MEDIA_LOOK_SECONDS = number("MEDIA_LOOK_SECONDS", default=10, at_least=1)
_janus = "MEDIA_SERVER=janus" if MEDIA_SERVER == "janus" else ""
# Where browsers find it, and where we do.
JANUS_URL = needed("JANUS_URL", by=_janus)
JANUS_ADMIN_URL = needed("JANUS_ADMIN_URL", by=_janus)
JANUS_ADMIN_SECRET = needed("JANUS_ADMIN_SECRET", by=_janus)
JANUS_ADMIN_KEY = needed("JANUS_ADMIN_KEY", by=_janus)
JANUS_EVENTS_SECRET = needed("JANUS_EVENTS_SECRET", by=_janus)
JANUS_RECORDINGS = needed("JANUS_RECORDINGS", by=_janus)

# --- The database -------------------------------------------------------------------
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'greenroom.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
_database = DATABASES["default"]
# Whether that is a pgbouncer which lends connections by the transaction (docs/operations.md).
PGBOUNCER = flag("PGBOUNCER", default=False)

if _database["ENGINE"].endswith("postgresql"):
    # Each thread keeps its connection, which is looked at before each request.
    _database["ENGINE"] = "access.database.postgresql"
    _database["CONN_MAX_AGE"] = None
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        # A database that is away costs its callers a 503 within seconds, not a queue of
        # hanging requests.
        "connect_timeout": 2,
        # Used by prepared_cursor() alone: see access/database/prepared_queries.py.
        "prepare_threshold": 0,
        "options": PATIENCE,
    }
    if PGBOUNCER:
        # The next transaction runs on another connection, which knows nothing of what this one
        # prepared. The limits are the role's there; the time zone, which Django sets as it
        # connects, is carried over by pgbouncer itself.
        _database["DISABLE_SERVER_SIDE_CURSORS"] = True
        _database["OPTIONS"]["prepare_threshold"] = None
        del _database["OPTIONS"]["options"]
elif _database["ENGINE"].endswith("sqlite3"):
    _database["CONN_MAX_AGE"] = None
    _database["OPTIONS"] = {
        # Deferred transactions fail at their first write when another got there
        # first; immediate ones wait their turn, for up to the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode = WAL",
    }
    # A file, because the tests' live server is another process.
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite://.")

# A streaming standby of that database, which may be read from; empty: none (docs/operations.md).
REPLICA_URL = os.environ.get("REPLICA_URL", "")
# How many seconds it may be behind before it is not read.
REPLICA_LAG_SECONDS = number("REPLICA_LAG_SECONDS", default=5, at_least=2)
if REPLICA_URL:
    DATABASES["replica"] = replica_of(_database, REPLICA_URL)
    DATABASE_ROUTERS = ["access.database.routing.Router"]
    MIDDLEWARE.append("config.middleware.replica_reads.ReadsElsewhere")

# Seconds that a migration waits for a lock before it gives up (docs/operations.md).
MIGRATION_LOCK_SECONDS = number("MIGRATION_LOCK_SECONDS", default=5, at_least=1)

# Django's own would be each process's own: what one keeps, another would not know.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "config/locale"]
# The default: pages use the user's own time zone (access/staff/preferences.py).
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Development and tests serve files as they stand, with no collectstatic before.
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MANIFEST_STRICT = False

# --- The API ----------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["access.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["access.api.permissions.HasVideoScope"],
    "DEFAULT_THROTTLE_CLASSES": ["access.api.throttling.PerToken"] if RATE_LIMIT else [],
    "DEFAULT_PARSER_CLASSES": ["access.api.parsers.StrictJson", "access.api.parsers.StrictForm"],
    "DEFAULT_RENDERER_CLASSES": ["access.api.renderers.Json"],
    "DEFAULT_SCHEMA_CLASS": "config.openapi.auto_schema.Schema",
    "EXCEPTION_HANDLER": "access.http.errors.answer",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "access.api.negotiation.Negotiation",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Greenroom",
    "VERSION": "0.1.0",
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/video",
    "COMPONENT_SPLIT_REQUEST": True,
    # PATCH takes what PUT takes: one body, one name for it.
    "COMPONENT_SPLIT_PATCH": False,
    # The contract's order, not the alphabet's.
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Quality": "rooms.models.Quality",
        "Layout": "rooms.models.Layout",
        "FramesPerSecond": "rooms.models.FramesPerSecond",
        "RoomStatus": "rooms.models.RoomStatus",
        "Action": "rooms.models.history.Action",
        "AuthorKind": "rooms.models.history.AuthorKind",
        "Door": "rooms.models.history.Door",
        "SessionStatus": "sessions.models.SessionStatus",
        "EventType": "sessions.models.EventType",
        "WebhookEventType": "access.webhooks.models.EventType",
        "DeliveryState": "access.webhooks.models.State",
        "JoinAs": "sessions.models.JoinAs",
        "MediaAllowed": "sessions.models.MediaAllowed",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.components.complete",
    ],
    "TAGS": [
        {"name": "rooms", "description": "Lasting places, and their settings."},
        {"name": "room_sessions", "description": "The times that people met in them; read-only."},
        {"name": "room_recordings", "description": "What was recorded of them; read-only."},
        {"name": "room_tokens", "description": "What one person is let in with."},
        {"name": "webhooks", "description": "Who is told of what happens: docs/webhooks.md."},
    ],
}

# --- What is written to the log -----------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.monitoring.logs.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # A refused request is the caller's news, not the operator's.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}

if METRICS_TOKEN:
    LOGGING["handlers"]["second ways"] = {"class": "config.monitoring.logs.SecondWays"}
    LOGGING["loggers"]["rooms.changes.engine"] = {
        "level": "DEBUG",
        "handlers": ["second ways"],
        "propagate": False,
    }

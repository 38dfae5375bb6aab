"""Every setting of Greenroom; each environment variable is read once, here."""

from collections.abc import Callable
from pathlib import Path

from config import api_settings, log_settings
from config.databases import primary_at, replica_of
from config.environment import (
    bearer,
    flag,
    folder,
    keys,
    networks,
    number,
    one_of,
    rate,
    secret,
    text,
    words,
)
from config.web_addresses import origins, web_address

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Server ----------------------------------------------------------------------------
DATA_DIR = folder("GREENROOM_DATA", BASE_DIR / "data", derived="`data` in the project's folder")
HOST = text("HOST", "127.0.0.1")
PORT = number("PORT", 8000, at_most=65535)
WORKERS = number("WORKERS", 2, at_least=1)
THREADS = number("THREADS", 4, at_least=1)
BODY_TIMEOUT = number("BODY_TIMEOUT", 10, at_least=1, at_most=60)
SEND_TIMEOUT = number("SEND_TIMEOUT", 30, at_least=1, at_most=600)
BODY_MEMORY = number("BODY_MEMORY", 64, at_least=20)
CONNECTIONS = number("CONNECTIONS", 512, at_least=2)
# Otherwise one address could fill the process.
CONNECTIONS_PER_ADDRESS = number(
    "CONNECTIONS_PER_ADDRESS", 100, at_least=1, at_most=CONNECTIONS - 1
)

# --- Security --------------------------------------------------------------------------
SECRET_KEY = secret("SECRET_KEY", DATA_DIR)
ROOM_TOKEN_KEYS = keys("ROOM_TOKEN_KEYS", DATA_DIR)
ALLOWED_HOSTS = words(
    "ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{HOST}", derived="this machine and `HOST`"
)
CSRF_TRUSTED_ORIGINS = origins("CSRF_TRUSTED_ORIGINS")
HTTPS = flag("HTTPS", default=False)
PROXIES = number("PROXIES", 0)
SESSION_IDLE_MINUTES = number("SESSION_IDLE_MINUTES", 120, at_least=5, at_most=720)
DEBUG = flag("DEBUG", default=False)

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# A browser accepts these cookies from this host alone, and only over HTTPS.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_ENGINE = "access.credentials.staff_sessions"
# Seconds from the sign-in to the end of the session.
SESSION_COOKIE_AGE = 12 * 3600
MESSAGE_STORAGE = "access.http.cookies.MessageStorage"
# Many clients drop the body of a redirected PUT: the API refuses instead (access/http/framing.py).
SECURE_REDIRECT_EXEMPT = [r"^api/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and PROXIES else None
# W003 looks for Django's own name of the CSRF middleware; config/middleware/pages.py wraps it.
# W005 and W021: only the organisation knows whether its other hosts speak HTTPS.
SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W005", "security.W021"]

# --- API -------------------------------------------------------------------------------
RATE_LIMIT = rate("RATE_LIMIT")
REST_FRAMEWORK = api_settings.rest_framework(throttled=RATE_LIMIT is not None)
SPECTACULAR_SETTINGS = api_settings.SPECTACULAR
# The bounds of what a project keeps for a day.
IDEMPOTENCY_CALLS = number("IDEMPOTENCY_CALLS", 100_000, at_least=1)
IDEMPOTENCY_BYTES = number("IDEMPOTENCY_MEGABYTES", 32, at_least=1) * 1024 * 1024

# Bytes of one request.
API_BODY_BYTES = 256 * 1024
# Bulk changes: ten thousand ids in JSON, or a CSV file.
API_IDS_BYTES = 512 * 1024
API_FILE_BYTES = 8 * 1024 * 1024
# Pages take files.
PAGE_BODY_BYTES = 4 * 1024 * 1024
# A larger body is read only with a credential that works.
UNPROVEN_BODY_BYTES = 256 * 1024
# A body up to this size is always read, as headers are.
UNCOUNTED_BODY_BYTES = 16 * 1024
API_QUERY_BYTES = 8 * 1024
HEADER_BYTES = 8 * 1024
ALL_HEADERS_BYTES = 16 * 1024
# Above this size Granian responds itself, with a 431 without a body.
SERVER_BUFFER_BYTES = 64 * 1024

# --- Webhooks --------------------------------------------------------------------------
WEBHOOK_ALLOW = networks("WEBHOOK_ALLOW")

# --- Metrics and log -------------------------------------------------------------------
METRICS_TOKEN = bearer("METRICS_TOKEN", shortest=20)
LOGGING = log_settings.logging(counted=METRICS_TOKEN != "")

# --- Database --------------------------------------------------------------------------
DATABASE_URL = text(
    "DATABASE_URL",
    f"sqlite:///{DATA_DIR / 'greenroom.sqlite3'}",
    derived="SQLite in `GREENROOM_DATA`",
)
PGBOUNCER = flag("PGBOUNCER", default=False)
DATABASES = {"default": primary_at(DATABASE_URL, PGBOUNCER, DATA_DIR)}
REPLICA_URL = text("REPLICA_URL")
REPLICA_LAG_SECONDS = number("REPLICA_LAG_SECONDS", 5, at_least=2)
MIGRATION_LOCK_SECONDS = number("MIGRATION_LOCK_SECONDS", 5, at_least=1)
# Django's default is a cache for each process: one process would not see what another one keeps.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
# Days that ended room sessions are kept; 0 keeps them.
SESSION_DAYS = number("SESSION_DAYS", 0, at_most=36_500)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Media server ----------------------------------------------------------------------
MEDIA_SERVER = one_of("MEDIA_SERVER", "none", "janus")
MEDIA_JOIN_SECONDS = number("MEDIA_JOIN_SECONDS", 60, at_least=1)
MEDIA_LOOK_SECONDS = number("MEDIA_LOOK_SECONDS", 10, at_least=1)


def _janus(name: str, read: Callable[..., str] = text) -> str:
    by = "MEDIA_SERVER=janus"
    return read(name, derived=f"required by `{by}`", by=by if MEDIA_SERVER == "janus" else "")


JANUS_URL = _janus("JANUS_URL", web_address)
JANUS_ADMIN_URL = _janus("JANUS_ADMIN_URL", web_address)
JANUS_ADMIN_SECRET = _janus("JANUS_ADMIN_SECRET")
JANUS_ADMIN_KEY = _janus("JANUS_ADMIN_KEY")
JANUS_EVENTS_SECRET = _janus("JANUS_EVENTS_SECRET")
JANUS_RECORDINGS = _janus("JANUS_RECORDINGS")
MIXER = flag("MIXER", default=False)
RECORDINGS_FORMAT = one_of("RECORDINGS_FORMAT", "mp4", "webm")
RECORDINGS_FOLDER = text(
    "RECORDINGS_FOLDER",
    str(DATA_DIR / "recordings"),
    derived="`recordings` in `GREENROOM_DATA`",
)

# --- Apps, middlewares and templates ---------------------------------------------------
INSTALLED_APPS = [
    "access.staff.admin_site.GreenroomAdminConfig",
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
    "access.http.response_headers.ResponseHeadersMiddleware",
    "config.middleware.api_paths.ApiPathsMiddleware",
    "config.middleware.requests.RequestIdMiddleware",
    "config.monitoring.probes.ProbesMiddleware",
    "config.monitoring.middleware.CountingMiddleware",
    "config.middleware.requests.ApiErrorsMiddleware",
    "access.http.framing.FramingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # An API request skips these.
    "config.middleware.pages.static_files",
    "config.middleware.pages.page_addresses",
    "config.middleware.pages.sessions",
    "config.middleware.pages.page_locale",
    "config.middleware.pages.common",
    "config.middleware.pages.csrf",
    "config.middleware.pages.authentication",
    "config.middleware.pages.messages",
    "config.middleware.pages.htmx",
    "config.middleware.pages.preferences",
    "config.middleware.repeated_parameters.RepeatedParametersMiddleware",
    "config.middleware.requests.DatabaseAwayMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
X_FRAME_OPTIONS = "DENY"

TEMPLATE_LOADERS = [
    f"django.template.loaders.{place}.Loader" for place in ("filesystem", "app_directories")
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("access.staff.folded_templates.FoldedTemplatesLoader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "access.staff.preferences.page_context",
            ],
        },
    },
]
FORM_RENDERER = "access.staff.form_renderer.QuickFormRenderer"
if REPLICA_URL:
    DATABASES["replica"] = replica_of(DATABASES["default"], REPLICA_URL)
    DATABASE_ROUTERS = ["access.database.routing.ReplicaRouter"]
    MIDDLEWARE.append("config.middleware.replica_reads.ReplicaReadsMiddleware")

# --- Users and languages ---------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = ["access.credentials.hashing.BoundedPasswordHasher"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "config/locale"]
# The default: pages use the user's own time zone (access/staff/preferences.py).
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files ----------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Development and tests serve files as they stand, with no collectstatic before.
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MANIFEST_STRICT = False

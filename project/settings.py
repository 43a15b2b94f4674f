"""One settings file, read from the environment and safe by default. docs/operations.md lists the variables."""

import re
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from pythonjsonlogger.core import RESERVED_ATTRS

from project import postgresql
from register import sqlite_file

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="development-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random string, or DEBUG=1 for development.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "register",
    "project.admin_app.RegisterAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "simple_history",
    "rest_framework",
    "django_filters",
    "import_export",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "register.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "register.access_log.AccessLogMiddleware",
    "project.policy.PolicyMiddleware",
    "project.outages.OutageMiddleware",
    "register.health.answer_health",  # before anything that looks at the Host
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Credits a save that no service made, such as a password changed in the admin.
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'register.sqlite3'}")}
DATABASE = DATABASES["default"]
DATABASE.setdefault("OPTIONS", {})  # what the address gives beside what follows, such as sslmode, stays
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    DATABASE["OPTIONS"] |= {
        # A writer takes its lock at the start, so that two never fail on upgrading a read lock.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "factory": sqlite_file.Connection,
        # Two megabytes of cache, as it comes, are read again and again once there are 100,000 questions.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA recursive_triggers=ON; PRAGMA cache_size=-4000;",
    }
    # To open it costs more than most reads; and a file that was put back from a backup is noticed within the minute.
    DATABASE["CONN_MAX_AGE"] = 60
    DATABASE["TEST"] = {"NAME": BASE_DIR / "test.sqlite3"}  # threads need a file
else:
    # psycopg's pool keeps the connections, so Django must not keep any itself. It asks each whether it still answers.
    DATABASE["CONN_MAX_AGE"] = 0
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] |= {
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL", default=4),
            "timeout": 1.5,  # seconds that a request waits for a connection before it answers 503
            "reconnect_timeout": 1,  # so that it connects as soon as the database is back, at the next request
            "connection_class": postgresql.Connection,
        },
        # What is asked again is planned once on each connection.
        "server_side_binding": True,
        "prepare_threshold": 3,
        # All statements are short: no process is worth starting for one. Who waits long for a lock gives up, and a
        # transaction whose process has vanished is ended, with the head lock that it may hold.
        "options": (
            "-c max_parallel_workers_per_gather=0 -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s "
            f"{DATABASE['OPTIONS'].get('options', '')}"
        ).strip(),
    }
    # A firewall that forgets a connection is noticed by the system.
    for option, value in {
        "connect_timeout": 2,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }.items():
        DATABASE["OPTIONS"].setdefault(option, value)
MIGRATION_MODULES = {"knox": None}  # its own token table would stand unused beside ours
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "register.User"
KNOX_TOKEN_MODEL = "register.Token"  # noqa: S105 a model, not a token
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# How many proxies of our own stand before the register: from them alone is the client's address believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
AXES_CLIENT_IP_CALLABLE = "register.client_address.get_client_network"

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Ten wrong passwords for one name from one address lock that pair out for a quarter of an hour: register/sign_in.py.
AXES_HANDLER = "register.sign_in.SprayingHandler"
AXES_LOCKOUT_CALLABLE = "register.sign_in.make_lockout_page"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time that is told stays true
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day, then sign in again
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
CSRF_FAILURE_VIEW = "register.admin_site.csrf_failure"
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("HSTS_SECONDS", default=365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a report's preview has up to a dozen for each thing that it proposes

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
FORMAT_MODULE_PATH = ["project.formats"]  # one way to write a time
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = None if DEBUG else BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

IMPORT_EXPORT_ESCAPE_ILLEGAL_CHARS_ON_EXPORT = True

SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_DATE_INDEX = False

# What is counted of requests, in each process's own memory: over many processes it is that many times as much. Logins
# have a cache of their own, so that no crowd of addresses can push their counts out.
CACHES = {
    name: {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": name,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
    for name in ("default", "login_requests", "address_requests")
}

API_RATE = env.str("API_RATE", default="1200/minute")
if not re.fullmatch(r"[1-9]\d*/(second|minute|hour|day)", API_RATE):
    raise ImproperlyConfigured("Set API_RATE as 1200/minute: a number, and second, minute, hour or day.")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "register.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["register.api.parsers.BoundedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "register.api.pagination.ByReference",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "register.api.problems.as_problem",
    "DEFAULT_THROTTLE_CLASSES": ["register.api.throttles.LoginThrottle", "register.api.throttles.AddressThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": API_RATE, "anon": "60/minute"},
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": timedelta(days=90), "AUTO_REFRESH": False}

SPECTACULAR_SETTINGS = {
    "TITLE": "DCC/SEC question register",
    "DESCRIPTION": "Open design questions about the DCC/SEC solution for Market-wide Half-Hourly Settlement.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "ENUM_NAME_OVERRIDES": {
        "QuestionStatus": "register.vocabulary.Status",
        "AnswerStatus": "register.vocabulary.AnswerStatus",
        "ActionStatus": "register.vocabulary.ActionStatus",
        "LinkKind": "register.vocabulary.LinkKind",
        "UpdateKind": "register.vocabulary.UpdateKind",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN:
    if len(METRICS_TOKEN) < 20:
        raise ImproperlyConfigured("Set METRICS_TOKEN to a random string of 20 characters or more.")
    MIDDLEWARE.insert(MIDDLEWARE.index("project.outages.OutageMiddleware") + 1, "project.metrics.MetricsMiddleware")

LOG_FORMAT = env.str("LOG_FORMAT", default="text")
if LOG_FORMAT not in ("text", "json"):
    raise ImproperlyConfigured("Set LOG_FORMAT to text or json.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "register.request_id.RequestIdFilter"}},
    "formatters": {
        "text": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": ["levelname", "name", "request_id", "message"],
            "timestamp": "at",
            "rename_fields": {"levelname": "level", "name": "logger"},
            # What Django puts beside its messages is no text.
            "reserved_attrs": [*RESERVED_ATTRS, "request", "server_time"],
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": LOG_FORMAT},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # A handler of Django's own would write each line a second time.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "register.access": {"level": "INFO"},  # every request to the admin and the API
    },
}

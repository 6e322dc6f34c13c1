"""Every setting of the marketplace, read from the environment; a bad value stops the start with a sentence."""

import warnings
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from marketplace import mail_service, oidc
from marketplace.queue_socket import socket_path

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- What kind of place this is ---------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. `./run` writes one into .env; a deployment sets its own.")
CLOCK_MAY_MOVE = env.bool("CLOCK_MAY_MOVE", default=False)
if CLOCK_MAY_MOVE and not DEBUG:
    raise ImproperlyConfigured("CLOCK_MAY_MOVE is for development only: it is refused while DEBUG is off.")
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
BEHIND_TLS = env.bool("BEHIND_TLS", default=not DEBUG)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# 213czf is the standard's own example: a deployment that publishes for real registers a prefix of its own.
# Ports of this machine, each with a path, that the guarded fetcher may ask: for development and the demonstration only.
FETCH_LOOPBACK = env.list("FETCH_LOOPBACK", default=[])
if FETCH_LOOPBACK and not (DEBUG or DEMONSTRATION):
    raise ImproperlyConfigured("FETCH_LOOPBACK is for development and demonstrations only: leave it empty.")
if DEMONSTRATION and PUBLIC_URL.startswith("http://127.0.0.1:"):
    FETCH_LOOPBACK = [*FETCH_LOOPBACK, f"{PUBLIC_URL.removeprefix('http://127.0.0.1:')}/demonstration/"]
OCID_PREFIX = env.str("OCID_PREFIX", default="ocds-213czf")
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
MASTER_KEY_FILE = Path(env.str("MASTER_KEY_FILE", default=str(DATA_DIR / "keys" / "master.key")))

# --- Parts ------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "notifications",
    "cms",
    "opendata",
    "awards",
    "pilots",
    "assessment",
    "suppliers",
    "challenges",
    "clauses",
    "accounts",
    "files",
    "work",
    "audit",
    "marketplace",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "django_celery_beat",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "marketplace.middleware.MachineDoorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "marketplace.middleware.MethodMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "marketplace.middleware.PolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.LastSeenMiddleware",
    "marketplace.middleware.SignedOutMiddleware",
    "marketplace.middleware.RefusalMiddleware",
    "marketplace.middleware.EditorDoorMiddleware",
    "axes.middleware.AxesMiddleware",
    "files.middleware.UploadBoundMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
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
                "csp.context_processors.nonce",
                "marketplace.context.house",
            ],
            "builtins": ["marketplace.templatetags.house"],
        },
    }
]
FORM_RENDERER = "marketplace.rendering.HouseFormRenderer"

# --- Database ---------------------------------------------------------------------------------------------------------
try:
    with warnings.catch_warnings(action="ignore"):  # an unknown engine is answered below, in a sentence
        DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'marketplace.sqlite3'}")}
except (ValueError, KeyError, environ.ImproperlyConfigured) as error:
    raise ImproperlyConfigured(
        "DATABASE_URL cannot be read. Write it as postgres://user:password@host:5432/name or sqlite:////path/to/file."
    ) from error
if DATABASES["default"].get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
    raise ImproperlyConfigured(
        "DATABASE_URL names no database this product runs on: it takes postgres://... or sqlite:///..."
    )
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
    }
else:
    DATABASES["default"] |= {"ENGINE": "marketplace.postgresql", "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Queue: Redis is the doorbell, the database is the record ---------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default=f"unix://{socket_path(DATA_DIR)}")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,  # above the longest task
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 1800  # above what a bell works on (two minutes) and then one row (20, work/heartbeat.py)
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A bell that nobody heard for half a minute rings again anyway: while a worker is down, none pile up.
_BELL = {"options": {"expires": 30}}
CELERY_BEAT_SCHEDULE = {
    "write-chain-links": {"task": "audit.tasks.write_chain_links", "schedule": 2.0, **_BELL},
    "wake-due-work": {"task": "work.tasks.wake_due_work", "schedule": 1.0, **_BELL},
    "sum-readings": {"task": "pilots.tasks.sum_readings", "schedule": 5.0, **_BELL},
    "pack-closed-months": {"task": "pilots.tasks.pack_closed_months", "schedule": 3600.0, **_BELL},
    "publish-notices": {"task": "opendata.tasks.publish_notices", "schedule": 3.0, **_BELL},
    "deliver-events": {"task": "notifications.tasks.deliver_events", "schedule": 5.0, **_BELL},
}
PILOTS_KEPT_SECONDS = 20  # for which a web process keeps a pilot's public page; 0: it is made for each who asks
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "work_cache"}}

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.LooksValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/workspace/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Changing how an account is protected, and the steps behind `accounts.signed_in.confirmed_again`, ask once more who
# is there, unless that was answered in the last five minutes.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password, address or second step is told to its owner
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}
# Councils may sign in with their own accounts. No address that a provider names takes over an account that is there.
OIDC_APPS, OIDC_ORIGINS = oidc.providers(env.str("OIDC_PROVIDERS", default=""))
SOCIALACCOUNT_ADAPTER = "accounts.adapter.CouncilSignInAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_APPS, "OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "accounts.passkeys.AddPasskeyForm", "edit_webauthn": "accounts.passkeys.RenamePasskeyForm"}
MFA_TOTP_ISSUER = "Problem First"
# The lock below answers first, with a page that says until when; this holds where it does not reach (codes, resets).
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,10/5m/key"}
# How many proxies stand in front: the address that limits and the lock count by is the one before them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
AXES_CLIENT_IP_CALLABLE = "allauth.core.internal.httpkit.get_client_ip"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "accounts.adapter.address_of"
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
SILENCED_SYSTEM_CHECKS = ["axes.W003"]

# --- Security ---------------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DEFAULT_EXCEPTION_REPORTER = "marketplace.errors.SilentReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "marketplace.errors.SilentFilter"
CSRF_FAILURE_VIEW = "marketplace.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF, *OIDC_ORIGINS],
        "frame-ancestors": [NONE],
    },
}
# The editor's own: it shows the draft in a frame of itself, sets styles from scripts and previews pictures it holds.
EDITOR_SECURITY_POLICY = CONTENT_SECURITY_POLICY["DIRECTIVES"] | {
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-ancestors": [SELF],
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "microphone", "geolocation", "payment", "usb", "interest-cohort")
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
# Uploads stay in memory (files.middleware bounds them): what is to be sealed never touches a temporary file.
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES + 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# Empty, or the virus scanner's address: clamd:///path/to/socket or clamd://host:port.
FILE_SCANNER = env.str("FILE_SCANNER", default="")

# --- Files, assets, words ---------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static_built"]
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
PRIVATE_FILES_ROOT = DATA_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "files.storage.DurableStorage",
        "OPTIONS": {"location": str(PRIVATE_FILES_ROOT), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
MAIL_SERVICE = env.str("MAIL_SERVICE", default="")
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=mail_service.backend_of(MAIL_SERVICE))
ANYMAIL = mail_service.settings_of(
    MAIL_SERVICE, env.str("MAIL_SERVICE_SETTINGS", default=""), env.str("MAIL_REPORTS_SECRET", default="")
)
MAIL_REPORTS_VIEW = mail_service.reports_of(MAIL_SERVICE)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Problem First <no-reply@problem-first.example>")

WAGTAIL_SITE_NAME = "Problem First"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_AUTOSAVE_INTERVAL = 3000
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "ods", "odt", "pdf", "txt", "xlsx"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.forms.PictureForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Problem First",
    "DESCRIPTION": "Challenges, pilots and their results as open data; and the intake for pilot readings.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["marketplace.schema.only_ours"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

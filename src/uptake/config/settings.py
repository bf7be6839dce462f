"""Django's settings, made from the workspace's options. Read once, at start."""

import os
import secrets
import sys
from pathlib import Path

import dj_database_url
from pydantic import ValidationError

from uptake.config.options import Options, home

HOME = home()
try:
    OPTIONS = Options(_env_file=HOME / "uptake.env")  # type: ignore[call-arg]
except ValidationError as why:
    sys.exit(
        "\n".join(
            f"Setting UPTAKE_{str(error['loc'][0]).upper()}: {error['msg'].removeprefix('Value error, ')}."
            for error in why.errors()
        )
    )


def _secret_key() -> str:
    """The key from the settings, else one that is made once and kept in the home, for this user only."""
    if OPTIONS.secret_key:
        return OPTIONS.secret_key
    file = HOME / "secret-key"
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        key = secrets.token_urlsafe(48)
        if HOME.is_dir():  # before the home exists nothing is signed that must last
            _keep_key(file, key)
        return key


def _keep_key(file: Path, key: str) -> None:
    """Whole or not at all: an empty key would lock everybody out."""
    half = file.with_suffix(f".{os.getpid()}")
    try:
        half.touch(mode=0o600)
        half.write_text(key, encoding="utf-8")
        half.replace(file)
    except OSError as why:
        half.unlink(missing_ok=True)
        sys.exit(f"The key of this home cannot be written to {file}: {(why.strerror or str(why)).lower()}.")


SECRET_KEY = _secret_key()
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = OPTIONS.allowed_hosts
USE_TZ = True
TIME_ZONE = OPTIONS.time_zone
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "team.Teammate"

INSTALLED_APPS = [
    "uptake.web",  # first: its templates stand in for allauth's
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "anymail",
    "ninja",
    "uptake.team",
    "uptake.customers",
    "uptake.lake",
    "uptake.signals",
    "uptake.actions",
    "uptake.pipeline",
    "uptake.chat",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "uptake.web.middleware.strict_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "uptake.web.middleware.whole_answers_are_packed",  # outside of who changes their text
    "uptake.web.middleware.text_reads_as_it_is",
    "django.middleware.csrf.CsrfViewMiddleware",
    "uptake.web.middleware.nul_is_refused",  # before anybody looks up a session, after the form was read
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "uptake.web.middleware.everybody_logs_in",
    "uptake.web.middleware.refusals_are_pages",
]
ROOT_URLCONF = "uptake.config.urls"
ASGI_APPLICATION = "uptake.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "uptake.web.context.shell",
            ],
            "builtins": ["uptake.web.templatetags.uptake"],
        },
    }
]

# Pages
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 365 * 24 * 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # of a form; files are streamed to disk
DATA_UPLOAD_MAX_NUMBER_FILES = None  # HomeUploadHandler counts them, and says so in a sentence
FILE_UPLOAD_HANDLERS = ["uptake.web.uploads.HomeUploadHandler"]
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OPTIONS.https
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in OPTIONS.allowed_hosts] if OPTIONS.https else []
if OPTIONS.https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Login: by e-mail and password, a second factor for who sets one up, and OpenID Connect where it is configured
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # teammates are added by an admin
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # else a stranger has mail sent to whatever address is typed
ACCOUNT_ADAPTER = "uptake.web.login.TeamAdapter"
SOCIALACCOUNT_ADAPTER = "uptake.web.login.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": OPTIONS.oidc_name,
                    "client_id": OPTIONS.oidc_client_id,
                    "secret": OPTIONS.oidc_client_secret,
                    "settings": {"server_url": OPTIONS.oidc_server},
                }
            ]
        }
    }
    if OPTIONS.oidc_server
    else {}
)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Uptake"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an admin sets the addresses

# Mail. Without a server nothing is sent: drafts stay ready and say what to set.
EMAIL_BACKEND = OPTIONS.mail_backend
EMAIL_HOST, EMAIL_PORT = OPTIONS.mail_host, OPTIONS.mail_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = OPTIONS.mail_user, OPTIONS.mail_password
EMAIL_USE_TLS = OPTIONS.mail_tls
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = OPTIONS.mail_from
ANYMAIL = OPTIONS.anymail

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{HOME / 'uptake.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Several processes share the file: write-ahead log, wait for each other, take the write lock when a transaction opens.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

LOGGING = {  # what breaks is told where the server was started
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "uptake": {"handlers": ["console"], "level": "WARNING", "propagate": True},
    },
}

# The rooms below read these; nothing else reads the environment.
UPTAKE_HOME = HOME
UPTAKE = OPTIONS

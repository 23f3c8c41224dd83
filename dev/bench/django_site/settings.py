# mypy: ignore-errors
"""Django's settings, from the environment that a function has."""

import os

import pymysql

pymysql.install_as_MySQLdb()

SECRET_KEY = "signs nothing here"  # noqa: S105 - no session, no cookie
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["dev.bench.django_site"]
MIDDLEWARE = []
ROOT_URLCONF = "dev.bench.django_site.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {"version": 1, "disable_existing_loggers": False, "loggers": {"django.request": {"level": "ERROR"}}}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "HOST": os.environ["DB_HOST"],
        "PORT": os.environ["DB_PORT"],
        "USER": os.environ["DB_USER"],
        "PASSWORD": os.environ["DB_PASSWORD"],
        "NAME": os.environ["DB_NAME"],
        "CONN_MAX_AGE": None,  # a thread keeps its connection
        "OPTIONS": {"charset": "utf8mb4", "isolation_level": "read committed"},
    }
}

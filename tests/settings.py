"""The settings that tests run with: the product's own, in an environment that no `.env` file can change."""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="pf-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
OF_THE_PRODUCT = (
    "ALLOWED_HOSTS", "BEHIND_TLS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEFAULT_FROM_EMAIL", "DEMONSTRATION",
    "EMAIL_BACKEND", "FILE_SCANNER", "LOG_LEVEL", "MAIL_REPORTS_SECRET", "MAIL_SERVICE", "MAIL_SERVICE_SETTINGS",
    "MASTER_KEY", "MASTER_KEY_FILE", "OIDC_PROVIDERS", "PUBLIC_URL",
    "REDIS_URL", "SIGNING_KEY", "TRUSTED_PROXY_COUNT", "UPLOAD_MAX_BYTES",
)  # fmt: skip
for name in OF_THE_PRODUCT:
    os.environ.pop(name, None)
os.environ.update(
    SECRET_KEY="tests-only-" + "x" * 50,
    DATA_DIR=FOLDER,
    DEBUG="true",  # lets the clock move; Django's test runner switches settings.DEBUG itself off
    CLOCK_MAY_MOVE="true",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{FOLDER}/template-not-copied.sqlite3",
    DEMONSTRATION="false",
    BEHIND_TLS="false",
)

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # several processes run tests already

from marketplace.settings import *  # noqa: E402, F403, TID251 - the environment above has to be there first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PILOTS_KEPT_SECONDS = 0  # a test that is about it sets it
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATIC_ROOT = os.path.join(FOLDER, "static")
os.makedirs(STATIC_ROOT)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # Rows that nobody asked to be in order come backwards, so that no test and no page rests on their order by chance.
    pragmas = " PRAGMA reverse_unordered_selects=ON; PRAGMA temp_store=MEMORY;"
    DATABASES["default"]["OPTIONS"]["init_command"] += pragmas  # noqa: F405

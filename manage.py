#!/usr/bin/env python
"""Django's command line for the marketplace; `./run manage ...` calls it in the right environment."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import OperationalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a bad setting is answered with its sentence, not with a trace
        sys.exit(str(error))
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        reason = str(error).strip().partition("\n")[0]
        sys.exit(f"The database cannot be used; check DATABASE_URL, or start ./run once ({reason}).")

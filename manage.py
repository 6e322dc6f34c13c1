#!/usr/bin/env python
"""Django's command line for the marketplace; `./run manage ...` calls it in the right environment."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a bad setting is answered with its sentence, not with a trace
        sys.exit(str(error))

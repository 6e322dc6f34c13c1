"""Measures one database and prints its figures: `python -m marketplace.bench.ingest.child [POSTMASTER]`."""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from django.db import connection  # noqa: E402

from marketplace.bench.ingest import on_postgresql, on_sqlite  # noqa: E402
from marketplace.supervisor import Services  # noqa: E402


def main() -> None:
    """Migrate, serve, measure."""
    call_command("migrate", verbosity=0, interactive=False)
    services = Services(settings.DATA_DIR)
    services.web.command[-1] = "marketplace.bench.ingest.peer:application"  # ours, and DRF's bulk create beside it
    try:
        services.open()
        services.run(services.web)
        services.wait_until_healthy()
        if connection.vendor == "postgresql":
            figures = on_postgresql.measure(services, int(sys.argv[1]))
        else:
            figures = on_sqlite.measure(services)
    finally:
        services.stop()
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main()

"""What every process pays when it starts."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START = """
import django, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print(sorted(name for name in ("scipy", "pandas", "statsmodels") if name in sys.modules))
"""


def test_no_process_loads_the_heavy_libraries_before_it_needs_them(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", START],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"SECRET_KEY": "x" * 50, "DATA_DIR": str(tmp_path)},
        check=True,
    )

    assert done.stdout.strip() == "[]"

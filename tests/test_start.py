"""What the portal loads before anybody asks for anything: memory is counted."""

from __future__ import annotations

import subprocess
import sys

from config import ROOT

# Each is loaded by the first request that needs it.
LATE = ("openpyxl", "fpdf", "pi_heif", "schwifty", "icalendar")


def test_what_is_heavy_and_rare_waits_until_it_is_needed() -> None:
    said = f"import sys, app; print(*(name for name in {LATE!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

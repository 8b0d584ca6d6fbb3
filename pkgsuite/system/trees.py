"""Whole directory trees on a real disk."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable

__all__ = ["remove"]


def remove(directory: str) -> None:
    """Delete a tree, whatever modes its directories have; what cannot be deleted stays."""

    def allow_and_retry(function: Callable[[str], object], path: str, error: object) -> None:
        with contextlib.suppress(OSError):
            os.chmod(os.path.dirname(path), 0o700)
            if os.path.isdir(path) and not os.path.islink(path):
                os.chmod(path, 0o700)
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)

    shutil.rmtree(directory, onerror=allow_and_retry)

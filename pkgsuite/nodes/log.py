"""What a node says besides its journal, by how much that matters; the levels are those of logging."""

from __future__ import annotations

from pkgsuite.values import dataclass

__all__ = ["DEBUG", "ERROR", "INFO", "WARNING", "Log"]

DEBUG, INFO, WARNING, ERROR = 10, 20, 30, 40


@dataclass(frozen=True, slots=True)
class Log:
    """Says on stdout what matters at least as much as *level*."""

    level: int = WARNING

    def debug(self, text: str) -> None:
        """What happens all the time."""
        self._say(DEBUG, text)

    def info(self, text: str) -> None:
        """What others may do wrong."""
        self._say(INFO, text)

    def warning(self, text: str) -> None:
        """What somebody should look at."""
        self._say(WARNING, text)

    def _say(self, level: int, text: str) -> None:
        if level >= self.level:
            print(text, flush=True)

"""Programs of the desktop: the editor for a line of a file, a terminal for a command, the browser for a page."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence

__all__ = ["browser_command", "editor_command", "start", "terminal_command"]

EDITORS = {
    "code": ("--goto", "{file}:{line}"),
    "codium": ("--goto", "{file}:{line}"),
    "subl": ("{file}:{line}",),
    "zed": ("{file}:{line}",),
    "kate": ("--line", "{line}", "{file}"),
    "gedit": ("+{line}", "{file}"),
    "gnome-text-editor": ("+{line}", "{file}"),
    "xed": ("+{line}", "{file}"),
    "mousepad": ("--line={line}", "{file}"),
    "geany": ("+{line}", "{file}"),
    "gvim": ("+{line}", "{file}"),
    "emacs": ("+{line}", "{file}"),
    "pycharm": ("--line", "{line}", "{file}"),
}
"""How editors with windows of their own are told a line, the likeliest first."""

TERMINALS = {
    "x-terminal-emulator": ("-e",),
    "gnome-terminal": ("--",),
    "konsole": ("-e",),
    "xfce4-terminal": ("-x",),
    "kitty": (),
    "alacritty": ("-e",),
    "foot": (),
    "urxvt": ("-e",),
    "xterm": ("-e",),
}

started: list[subprocess.Popen[bytes]] = []
"""Programs that may still run; each is asked now and then, so that none stays as a zombie."""

BROWSERS = ("xdg-open", "sensible-browser", "x-www-browser", "firefox", "chromium")


def editor_command(
    file: str, line: int, chosen: str = "", environment: Mapping[str, str] = os.environ, terminal: str = ""
) -> list[str]:
    """What opens *file* at *line*, or nothing where no editor is found.

    *chosen* is a command with `{file}` and `{line}`; else VISUAL and EDITOR count, in a terminal if they need one.
    """
    line = max(1, line)
    if chosen:
        words = shlex.split(chosen)
        filled = [word.replace("{file}", file).replace("{line}", str(line)) for word in words]
        return filled if "{file}" in chosen else [*filled, file]
    for variable in ("VISUAL", "EDITOR"):
        words = shlex.split(environment.get(variable, ""))
        if words and shutil.which(words[0], path=environment.get("PATH")):
            name = os.path.basename(words[0])
            if name in EDITORS:
                return [*words, *placed(EDITORS[name], file, line)]
            inside = terminal_command([*words, f"+{line}", file], terminal, environment)
            if inside:
                return inside
    for name, shape in EDITORS.items():
        if found := shutil.which(name, path=environment.get("PATH")):
            return [found, *placed(shape, file, line)]
    opener = shutil.which("xdg-open", path=environment.get("PATH"))
    return [opener, file] if opener else []


def placed(shape: Sequence[str], file: str, line: int) -> list[str]:
    """The arguments of an editor with the file and line in their places."""
    return [word.format(file=file, line=line) for word in shape]


def terminal_command(words: Sequence[str], chosen: str = "", environment: Mapping[str, str] = os.environ) -> list[str]:
    """What runs *words* in a terminal of its own, or nothing where there is none."""
    if chosen:
        return [*shlex.split(chosen), *words]
    for name in dict.fromkeys([environment.get("TERMINAL", ""), *TERMINALS]):
        found = shutil.which(name, path=environment.get("PATH")) if name else None
        if found:
            return [found, *TERMINALS.get(os.path.basename(name), ("-e",)), *words]
    return []


def browser_command(page: str, environment: Mapping[str, str] = os.environ) -> list[str]:
    """What shows a page, or nothing; BROWSER counts first, as webbrowser(1) has it."""
    for name in [*environment.get("BROWSER", "").split(os.pathsep), *BROWSERS]:
        words = shlex.split(name)
        found = shutil.which(words[0], path=environment.get("PATH")) if words else None
        if found:
            rest = [word.replace("%s", page) for word in words[1:]]
            return [found, *rest, *([] if "%s" in name else [page])]
    return []


def start(words: Sequence[str]) -> str:
    """Start a program that lives on its own; gives what went wrong, or nothing."""
    started[:] = [each for each in started if each.poll() is None]
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.append(process)
    except OSError as error:
        return f"{words[0]} cannot be started: {error.strerror}"
    return ""

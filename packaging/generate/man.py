"""The manual page of the command line; man(7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import parsers

from pkgsuite.version import VERSION

__all__ = ["page", "roff"]

ENVIRONMENT = {
    "PKGSUITE_PACMAN": "The pacman to test, a program; by default the one on PATH.",
    "PKGSUITE_APT": "The apt to test: a directory with its programs, or one program that stands for all of them.",
    "PKGSUITE_ISOLATION": "The ways to isolate scenarios that may be tried, with commas between them: user-range, "
    "user-single, root, fakechroot, chroot. By default the best that works, and never chroot.",
    "PKGSUITE_SHELL": "A statically linked shell for the scripts of packages; by default bash-static or busybox.",
    "PKGSUITE_TRACKER": "What runs in place of our tracker: opentracker, or a command line with places such as {port}.",
    "PKGSUITE_DOWNLOADER": "A command line that runs in the place of our downloader; docs/swarm.md names its places.",
    "PKGSUITE_KEEP, PKGSUITE_KEEP_DIR": "What --keep and --keep-dir say, for tests that unittest runs.",
}

STATUS = {
    "0": "All is well.",
    "1": "Something is not: a test failed, or what was asked for was not found.",
    "2": "Wrong usage, told in one line.",
    "130": "Interrupted with Ctrl-C.",
}


def page() -> str:
    """pkgsuite(1)."""
    return "\n".join(lines()) + "\n"


def lines() -> Iterator[str]:
    """The lines of pkgsuite(1)."""
    root = parsers.root()
    yield '.\\" Made from the parsers of pkgsuite.commands by packaging/generate.'
    yield f'.TH PKGSUITE 1 "" "pkgsuite {VERSION}" "User Commands"'
    yield from (".SH NAME", "pkgsuite \\- end\\-to\\-end tests for package managers")
    yield from (".SH SYNOPSIS", ".B pkgsuite", ".I COMMAND", "[\\fIOPTION\\fR …] [\\fINAME\\fR …]")
    yield from (".SH DESCRIPTION", roff(root.description), ".PP")
    yield roff("A scenario is an ordinary unittest.TestCase. It says which packages, repositories and machines exist.")
    yield roff("pkgsuite builds them, runs the real package manager in a sandbox, and checks rules.")
    yield from (".SH OPTIONS", *options(root), ".SH COMMANDS")
    for command in parsers.commands():
        yield from section(command)
    yield from (".SH ENVIRONMENT", *definitions(ENVIRONMENT))
    yield from (".SH EXIT STATUS", *definitions(STATUS))
    yield from (".SH SEE ALSO", ".BR pkgsuite\\-gui (1),", ".BR pacman (8),", ".BR apt\\-get (8),")
    yield roff("and the documentation of pkgsuite: tutorial.md, rules.md, isolation.md.")


def section(command: parsers.Command) -> Iterator[str]:
    """One command."""
    yield f".SS {synopsis(command)}"
    yield roff(command.description)
    yield from options(command)
    if command.epilog:
        yield from (".PP", ".nf", *(roff(line) for line in command.epilog.rstrip().splitlines()), ".fi")


def synopsis(command: parsers.Command) -> str:
    """How a command is called, in one line."""
    words = ["pkgsuite", command.words, *(["[OPTION …]"] if command.options else [])]
    words += ["COMMAND"] if command.subcommands else [each.value for each in command.positionals]
    return f'"{roff(" ".join(words))}"'


def options(command: parsers.Command) -> Iterator[str]:
    """Positional arguments and options, each with its help."""
    for each in (*command.positionals, *command.options):
        if each.help:
            names = ", ".join(f"\\fB{roff(flag)}\\fR" for flag in each.flags)
            value = f"\\fI{roff(each.value)}\\fR" if each.value else ""
            yield from (".TP", " ".join(filter(None, [names, value])), roff(each.help))


def definitions(table: dict[str, str]) -> Iterator[str]:
    """Words with what they mean."""
    for word, meaning in table.items():
        yield from (".TP", f".B {roff(word)}", roff(meaning))


def roff(text: str) -> str:
    """*text* with nothing in it that troff would obey."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)

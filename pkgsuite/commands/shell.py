"""`pkgsuite shell`: look around in a kept sandbox, with its manager at hand."""

from __future__ import annotations

import argparse

from pkgsuite import keep, reopen

__all__ = ["add", "main"]

EXAMPLES = """\
examples:
  python3 -m pkgsuite run --keep failed                     keep the sandboxes of what fails
  python3 -m pkgsuite shell                                 which are kept
  python3 -m pkgsuite shell test_install.Install.test_it    a shell in one, where `pacman -Q` speaks of its root
  python3 -m pkgsuite shell test_it machine2                the second machine of a test
  python3 -m pkgsuite shell test_it -- pacman -Qkk          one command, whose exit status this has too
  PKGSUITE_PACMAN=./build/pacman python3 -m pkgsuite shell test_it -- pacman -Su
                                                            what another pacman makes of it
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "shell",
        help="look around in a kept sandbox",
        usage="pkgsuite shell [TEST [MACHINE] [-- COMMAND …]]",
        description="Unpack a sandbox that `run --keep` left into a new world, at the path it had, and start a shell "
        "there, with the manager's command line ready. Without arguments list what is kept.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "words",
        nargs=argparse.REMAINDER,
        metavar="TEST",
        help="the id of a test, its start or its last words, or the path of a kept file; without MACHINE the only one",
    )
    parser.set_defaults(main=main, parser=parser)


def main(arguments: argparse.Namespace) -> int:
    """Give the status of the command."""
    words: list[str] = arguments.words
    end = words.index("--") if "--" in words else len(words)
    names, command = words[:end], words[end + 1 :]
    if any(name.startswith("-") for name in names) or len(names) > 2 or (command and not names):
        arguments.parser.error("expected TEST [MACHINE] [-- COMMAND]")
    if not names:
        return show()
    return reopen.run(reopen.find(*names), command)


def show() -> int:
    """Print what is kept."""
    found, wrong = reopen.listing()
    for kept in found:
        print(f"{kept.age:>15}  {kept.path.stat().st_size / 1024:7.0f} KiB  {kept.facts.test}  {kept.facts.machine}")
    print("\n".join([*wrong, f"{len(found)} kept in {keep.directory()}"]))
    return 0

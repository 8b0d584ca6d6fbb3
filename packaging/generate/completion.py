"""Completion for bash, with every option that the parsers know."""

from __future__ import annotations

from collections.abc import Iterator

import parsers

__all__ = ["script"]

PATHS = ("DIR", "FILE", "PATH", "PROGRAM", "PACMAN", "SH")
"""Placeholders of values that are paths."""

HEAD = """\
# Completion of pkgsuite for bash; made from the parsers of pkgsuite.commands by packaging/generate.

_pkgsuite_words() {
    case $1 in
"""

MIDDLE = """\
    esac
}

# What may follow an option: words, `paths`, or `any` where nobody can know.
_pkgsuite_values() {
    case $1 in
"""

TAIL = """\
    esac
}

_pkgsuite() {
    local word=${COMP_WORDS[COMP_CWORD]} command="" each at follows
    for ((at = 1; at < COMP_CWORD; at++)); do
        each=${COMP_WORDS[at]}
        case " $(_pkgsuite_words "$command") " in
            *" $each "*) [[ $each == -* ]] || command="${command:+$command }$each" ;;
        esac
    done
    follows=$(_pkgsuite_values "$command ${COMP_WORDS[COMP_CWORD - 1]}")
    if [[ $follows == any ]]; then
        COMPREPLY=()
    elif [[ $follows == paths ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    elif [[ -n $follows ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$follows" -- "$word")
    elif [[ $word == -* || -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_pkgsuite_words "$command")" -- "$word")
    elif [[ $word == *.* && " run list mutants " == *" $command "* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -W "$(pkgsuite list 2>/dev/null | grep -v '^ ')" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -W "$(_pkgsuite_words "$command")" -- "$word")
    fi
}

complete -o filenames -F _pkgsuite pkgsuite
"""


def script() -> str:
    """The whole file."""
    every = [parsers.root(), *parsers.commands()]
    return HEAD + "".join(map(words, every)) + MIDDLE + "".join(row for each in every for row in values(each)) + TAIL


def words(command: parsers.Command) -> str:
    """The words that may stand behind a command."""
    flags = [flag for option in command.options for flag in option.flags]
    choices = [choice for option in command.positionals for choice in option.choices]
    return f'        "{command.words}") echo "{" ".join([*command.subcommands, *choices, *flags])}" ;;\n'


def values(command: parsers.Command) -> Iterator[str]:
    """What may stand behind each option of a command that takes a value."""
    for option in command.options:
        if option.value:
            is_path = any(name in option.value.strip("[]").split()[0].split("=") for name in PATHS)
            follows = " ".join(option.choices) or ("paths" if is_path else "any")
            patterns = " | ".join(f'"{command.words} {flag}"' for flag in option.flags)
            yield f'        {patterns}) echo "{follows}" ;;\n'

"""Every action of the window: its words, its key, what it means; menus, keys and tooltips are made from this."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ACTIONS", "MENUS", "Action"]


@dataclass(frozen=True, slots=True)
class Action:
    """*key* as people read it, *sequences* as Tk does; *about* is a sentence."""

    name: str
    words: str
    about: str
    key: str = ""
    sequences: tuple[str, ...] = ()

    @property
    def tip(self) -> str:
        """What its tooltip says."""
        return f"{self.about} ({self.key})" if self.key else self.about


def control(letter: str) -> tuple[str, ...]:
    """Control with a letter, also where Caps Lock is on."""
    return (f"<Control-{letter.lower()}>", f"<Control-Lock-{letter.upper()}>")


def control_shift(letter: str) -> tuple[str, ...]:
    """Control and Shift with a letter, also where Caps Lock is on."""
    return (f"<Control-{letter.upper()}>", f"<Control-Shift-Lock-{letter.lower()}>")


ALL = (
    Action("open_file", "Open test file…", "Open a test file, also one of pacman's own", "Ctrl+O", control("o")),
    Action("open_directory", "Open directory…", "Open a directory of tests", "Ctrl+Shift+O", control_shift("o")),
    Action("open_events", "Open events of a run…", "See an earlier run, or one of another machine", "Ctrl+Shift+E",
           control_shift("e")),
    Action("history", "Earlier runs…", "See one of the last runs", "Ctrl+H", control("h")),
    Action("reload", "Look for scenarios again", "Read the list of scenarios anew", "Ctrl+R", control("r")),
    Action("export", "Export report…", "Write the run as HTML, JUnit, TAP or events", "Ctrl+S", control("s")),
    Action("open_report", "Open report", "Show the run as a page in the browser", "Ctrl+Shift+R", control_shift("r")),
    Action("quit", "Quit", "End the run, its nodes, and the window", "Ctrl+Q", control("q")),
    Action("run_all", "Run all", "Run every scenario", "Shift+F5", ("<Shift-F5>",)),
    Action("run_checked", "Run checked", "Run the checked scenarios", "F5", ("<F5>",)),
    Action("run_failed", "Run failed", "Run what failed or ended in error once more", "F6", ("<F6>",)),
    Action("run_this", "Run this", "Run what is selected", "Ctrl+Enter", ("<Control-Return>", "<Control-KP_Enter>")),
    Action("run_last", "Run the last again", "Run what was run last once more", "F7", ("<F7>",)),
    Action("stop", "Stop", "Stop softly: nodes are torn down, results kept", "Shift+Esc", ("<Shift-Escape>",)),
    Action("kill", "Kill", "End the run at once", "Ctrl+Shift+K", control_shift("k")),
    Action("find", "Filter", "Filter by words, tag:…, status:…, manager:…; - before one turns it round", "Ctrl+F",
           control("f")),
    Action("next", "Next failure", "Go to the next failure", "F8", ("<F8>",)),
    Action("previous", "Previous failure", "Go to the failure before", "Shift+F8",
           ("<Shift-F8>", "<XF86Switch_VT_8>")),
    Action("check_all", "Check all", "Check all scenarios that are shown", "Ctrl+Shift+A", control_shift("a")),
    Action("check_none", "Check none", "Check none of the scenarios that are shown", "Ctrl+Shift+N",
           control_shift("n")),
    Action("expand", "Expand all", "Open all modules and classes", "Ctrl++",
           ("<Control-plus>", "<Control-equal>", "<Control-KP_Add>")),
    Action("collapse", "Collapse all", "Close all modules and classes", "Ctrl+-",
           ("<Control-minus>", "<Control-KP_Subtract>")),
    Action("tab_1", "Rules", "What was claimed, and whether it held", "Alt+1", ("<Alt-Key-1>",)),
    Action("tab_2", "Timeline", "What each machine and node did when", "Alt+2", ("<Alt-Key-2>",)),
    Action("tab_3", "Log", "What machines and nodes say", "Alt+3", ("<Alt-Key-3>",)),
    Action("tab_4", "Nodes", "What machines and nodes use", "Alt+4", ("<Alt-Key-4>",)),
    Action("source", "Open source", "Open the scenario's file at its line", "Ctrl+E", control("e")),
    Action("shell", "Open shell in kept sandbox", "Look around in the sandbox, if it was kept", "Ctrl+T", control("t")),
    Action("copy", "Copy command", "Copy the line that repeats this", "Ctrl+Shift+C", control_shift("c")),
    Action("output", "Output of the runner", "What the runner and the tests printed", "Ctrl+L", control("l")),
    Action("dark", "Dark", "Change between light and dark", "Ctrl+D", control("d")),
    Action("doctor", "What this machine can do", "Show what is there and how to get what is not", "Ctrl+I",
           control("i")),
    Action("keys", "Keys", "Show all keys", "F1", ("<F1>",)),
    Action("about", "About pkgsuite", "Version and licence", "Shift+F1", ("<Shift-F1>",)),
)  # fmt: skip

ACTIONS = {action.name: action for action in ALL}

LINE = ""
"""A line across a menu."""

MENUS = {
    "File": ("open_file", "open_directory", "open_events", "history", LINE, "export", "open_report", LINE, "reload",
             LINE, "quit"),
    "Run": ("run_checked", "run_all", "run_failed", "run_this", "run_last", LINE, "stop", "kill", LINE, "check_all",
            "check_none"),
    "View": ("find", "next", "previous", LINE, "tab_1", "tab_2", "tab_3", "tab_4", LINE, "source", "shell", "copy",
             "output", LINE, "expand", "collapse", "dark"),
    "Help": ("keys", "doctor", "about"),
}  # fmt: skip

"""Machines that end with their test, and rules that are checked on them: what scenarios of every kind share."""

from __future__ import annotations

from collections.abc import Sequence

from pkgsuite import events, keep, story
from pkgsuite.errors import BadValue, RuleBroken, SuiteError, Unsupported
from pkgsuite.machine import Machine, Parts
from pkgsuite.model.observation import Observation
from pkgsuite.rules import always, base, report, text
from pkgsuite.telling import Teller
from pkgsuite.trial import Trial, troubles

__all__ = ["Judging"]

__unittest = True


class Judging(Trial):
    """A test with machines, which knows nothing of nodes."""

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._machines: list[Machine] = []
        self._told: set[tuple[str, str]] = set()
        self._not_judged: list[str] = []
        self._teller: Teller | None = None

    @property
    def teller(self) -> Teller:
        """What tells what machines and nodes of this test do."""
        if self._teller is None:
            self._teller = Teller(self.id(), self._listener)
            self.addCleanup(self._forget_teller, self._teller)
        return self._teller

    def _forget_teller(self, teller: Teller) -> None:
        teller.close()
        self._teller = None

    # Machines

    def _add_machine(self, name: str, parts: Parts) -> Machine:
        """A machine that ends with the test."""
        machine = Machine(name or self._free_name(), parts, self.check, self.teller)
        self._machines.append(machine)
        self.addCleanup(self._finish, machine)
        return machine

    def _free_name(self) -> str:
        number = len(self._machines) + 1
        return "machine" if number == 1 else f"machine{number}"

    def _finish(self, machine: Machine) -> None:
        """The last look at a machine: what must never happen, then its end."""
        try:
            if machine.commands:
                self._look_again(machine)
        finally:
            try:
                self._keep(machine)
            finally:
                self._machines.remove(machine)
                machine.close()

    def _look_again(self, machine: Machine) -> None:
        """Tell what changed, and judge what must never happen once more: the test may have done anything by now."""
        if self.teller.is_heard:
            self.teller.changed(machine.name, machine.changes_seen())
        self._judge(machine, [])

    def _keep(self, machine: Machine) -> None:
        if keep.wants(troubles(self, self._result) > self._troubles):
            commands = tuple((each.command, each.status) for each in machine.commands)
            manager = machine.manager
            facts = keep.Facts(self.id(), machine.name, manager.name, machine.root, manager.working_directory, commands)
            path = keep.keep(facts, machine.sandbox.pack)
            self._emit(events.Kept(self.id(), machine.name, str(path)))

    # Rules

    def check(self, *subjects: Machine | base.Rule | str | Sequence[base.Rule | str]) -> None:
        """Check rules on a machine, named first where there are several; raises RuleBroken with all that are broken.

        Rules are values or text: `self.check(installed("a"), "FILE_EXIST=usr/bin/a")`.
        """
        machines = [subject for subject in subjects if isinstance(subject, Machine)]
        rules: list[base.Rule | str] = []
        for subject in subjects:
            if isinstance(subject, (base.Rule, str)):
                rules.append(subject)
            elif isinstance(subject, (list, tuple)):
                rules += subject
            elif not isinstance(subject, Machine):
                raise BadValue("check", subject, "a machine, rules as values or text, or lists of rules")
        if len(machines) > 1 or (not machines and len(self._machines) != 1):
            raise SuiteError("expected one machine: self.check(machine, rule, …)")
        if not rules:
            raise BadValue("check", subjects, "at least one rule")
        self._judge(machines[0] if machines else self._machines[0], [as_rule(rule) for rule in rules])

    def _judge(self, machine: Machine, rules: Sequence[base.Rule | str]) -> None:
        """Judge *rules*, and what must never happen; raises RuleBroken with all that are broken."""
        if rules:
            self._emit(events.Judging(self.id(), machine.name, tuple(map(str, rules))))
        seen = self._observe(machine)
        verdicts = [verdict for rule in rules if (verdict := self._verdict(as_rule(rule), seen)) is not None]
        for verdict in always.verdicts(seen):
            if not verdict.held and (machine.name, verdict.rule) not in self._told:
                self._told.add((machine.name, verdict.rule))
                verdicts.append(verdict)
        for verdict in verdicts:
            judged = verdict.rule, verdict.held, verdict.expected, verdict.seen, verdict.diff
            self._emit(events.Rule(self.id(), machine.name, *judged))
        if not all(verdict.held for verdict in verdicts):
            told = story.tell(self.id(), machine.name, seen.last, machine.changes(), self.again())
            raise RuleBroken("\n".join([report.block(verdicts), *told]))

    def _verdict(self, rule: base.Rule, seen: Observation) -> base.Verdict | None:
        """What comes of a rule; None where it cannot be judged here, for which the test is skipped in the end."""
        try:
            return rule.check(seen)
        except Unsupported as reason:
            self._emit(events.Note(f"not judged: {rule}: {reason}", self.id()))
            if not self._not_judged:
                self.addCleanup(self._skip_unless_broken)
            self._not_judged.append(str(reason))
            return None

    def _skip_unless_broken(self) -> None:
        """Skip the test that is over, since rules could not be judged; raises Unsupported."""
        reasons, self._not_judged = "; ".join(dict.fromkeys(self._not_judged)), []
        if troubles(self, self._result) == self._troubles:
            raise Unsupported(f"not all rules could be judged, though the others held: {reasons}")

    def _observe(self, machine: Machine) -> Observation:
        """All that rules may look at."""
        return machine.observe()

    def again(self) -> str:
        """One line for a shell that repeats the test."""
        return story.again(["run", self.id()])


def as_rule(rule: base.Rule | str) -> base.Rule:
    """The rule that a text stands for; raises BadRule."""
    return text.parse(rule) if isinstance(rule, str) else rule

#!/usr/bin/env python3
"""Plants the faults of scenario-mutations.txt one by one and checks that the golden scenarios notice.

    scripts/mutate-scenarios.py [PART OF A NAME ...]    plant them (those of that name), about five minutes in all
    scripts/mutate-scenarios.py --check                 only see whether each fits its file, and no scenario is left out

Works on a copy of the tree in a folder of its own (MUTATION_DIR, kept between runs for its build). All faults go into one
build there, each behind a switch that an environment variable turns on. Prints a table and the scenarios that noticed no
fault, and exits with 1 if a fault went unnoticed by a scenario that should have seen it. SWIFT_BUILD is the command that
builds, `swift build` if unset.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # no folder beside the scripts
import listed_faults
import planting
from planting import ROOT

LIST = ROOT / "scripts/scenario-mutations.txt"
SCENARIOS = "Tests/MesetaSimulationTests/Scenarios"
COPY = pathlib.Path(os.environ.get("MUTATION_DIR", pathlib.Path(tempfile.gettempdir()) / "meseta-mutations"))
SECONDS = 60


class Fault(listed_faults.Fault):
    """A fault with the scenarios that have to notice it."""

    def __init__(self, block):
        self.fails = []
        super().__init__(block)

    def take(self, word, rest):
        if word == "fails":
            self.fails += rest.split()
        return word == "fails"


def failing(number, only=None):
    """The scenarios that fail with a fault, and whether the run came to an end."""
    environment = dict(os.environ, **{planting.SWITCH: str(number), "SWIFT_BACKTRACE": "enable=no"})
    if only:
        environment["MESETA_SCENARIO"] = only
    command = [
        str(COPY / ".build/debug/mesetaPackageTests.xctest"), "--testing-library", "swift-testing",
        "--filter", "ScenarioTests/scenario",
    ]
    try:
        run = subprocess.run(
            command, cwd=COPY, capture_output=True, text=True, env=environment, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return set(), False
    names = set(re.findall(r"→ ([a-z0-9-]+)\.txt at ", run.stdout + run.stderr))
    return names, run.returncode in (0, 1)


def noticed(number, fault):
    """The scenarios that fail; where the whole run dies of the fault, those of them that do so alone."""
    names, has_ended = failing(number)
    if has_ended:
        return names
    for name in fault.fails:
        alone, has_ended = failing(number, name)
        if alone or not has_ended:
            names.add(name)
    return names


def main():
    arguments = listed_faults.arguments(__doc__)
    faults = listed_faults.read(LIST, Fault)
    scenarios = {path.stem for path in (ROOT / SCENARIOS).glob("*.txt")}
    files = listed_faults.locate(faults)
    for fault in faults:
        unknown = set(fault.fails) - scenarios
        if unknown:
            fault.problem = "there is no scenario " + " ".join(sorted(unknown))
        if not fault.fails:
            fault.problem = "no scenario is named"
    if arguments.check:
        left_out = scenarios - {name for fault in faults for name in fault.fails}
        listed_faults.end_check(
            LIST, listed_faults.problems(faults) + [f"no fault is to be noticed by {name}" for name in sorted(left_out)])

    planting.build(COPY, files, faults)
    names, has_ended = failing(0)
    if not has_ended:
        sys.exit(f"the scenarios do not come to an end without a fault; is the build in {COPY} stale?")
    if names:
        sys.exit("scenarios fail without a fault: " + " ".join(sorted(names)))
    seen, tried, troubled = set(), 0, 0
    for fault, names in listed_faults.attempts(faults, arguments.parts, 2, noticed):
        names = names or set()
        missed = set(fault.fails) - names
        seen |= names
        if fault.problem:
            verdict = fault.problem
        else:
            verdict = f"{len(names):3} notice" + (f": {' '.join(sorted(names))}" if len(names) < 5 else "")
            verdict += f", MISSED BY {' '.join(sorted(missed))}" if missed else ""
        tried += 1
        troubled += bool(fault.problem or missed)
        print(f"{fault.name:<72} {verdict}", flush=True)
    print(f"{tried} faults, {troubled} with a problem; {len(seen)} of {len(scenarios)} scenarios noticed one")
    if not arguments.parts and scenarios - seen:
        print("never noticed anything: " + " ".join(sorted(scenarios - seen)))
        troubled += 1
    sys.exit(1 if troubled else 0)


main()

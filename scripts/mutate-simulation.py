#!/usr/bin/env python3
"""Plants the faults of simulation-mutations.txt one by one and checks that the simulation's checkers notice.

    scripts/mutate-simulation.py [PART OF A NAME ...]   plant them (those of that name)
    scripts/mutate-simulation.py --check                only see whether each fits its file

Works on a copy of the tree in a folder of its own (SIMULATION_MUTATION_DIR, kept between runs for its build). All faults go into
one release build of `meseta` there, each behind a switch that an environment variable turns on. With each, `meseta simulate` runs
seeds from 1 on, as many as the list allows, and has to find that something is wrong: by the law that the list names, if it names
one, or by another. Without a fault all the seeds have to pass. Prints a table, and exits with 1 if a fault went unnoticed.
SWIFT_BUILD is the command that builds, `swift build` if unset.
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

LIST = ROOT / "scripts/simulation-mutations.txt"
COPY = pathlib.Path(
    os.environ.get("SIMULATION_MUTATION_DIR", pathlib.Path(tempfile.gettempdir()) / "meseta-simulation-mutations"))
MOST = 100
SECONDS = 600  # and where many seeds are allowed, so many for each
SECONDS_PER_SEED = 3
JOBS = int(os.environ.get("MUTATION_JOBS", "2"))


class Fault(listed_faults.Fault):
    """A fault with how soon it has to be found, and by what is said of it."""

    def __init__(self, block):
        self.within, self.says = MOST, ""
        super().__init__(block)

    def take(self, word, rest):
        if word == "within":
            self.within = int(rest)
        elif word == "says":
            self.says = rest
        return word in ("within", "says")


def first_failure(number, most):
    """The first seed that fails with a fault, and what was wrong; None if none does."""
    environment = dict(os.environ, **{planting.SWITCH: str(number), "SWIFT_BACKTRACE": "enable=no"})
    command = [
        str(COPY / ".build/release/meseta"), "simulate", "--seeds", f"1..{most}", "--jobs", "1", "--shrink-seconds", "0"]
    try:
        run = subprocess.run(
            command, cwd=COPY, capture_output=True, text=True, env=environment,
            timeout=max(SECONDS, SECONDS_PER_SEED * most))
    except subprocess.TimeoutExpired:
        return 0, "did not come to an end"
    if run.returncode == 0:
        return None
    output = run.stdout + run.stderr
    found = re.search(r"FAILED (?:seed (0x[0-9a-f]+|\d+) · )?(?:after \S+ virtual · )?(.*)", output)
    replay = re.search(r"--seed (0x[0-9a-f]+|\d+)", output)
    seed = (found and found[1]) or (replay and replay[1]) or "0"
    return int(seed, 0), found[2] if found else output.strip()[-300:]


def main():
    arguments = listed_faults.arguments(__doc__)
    faults = listed_faults.read(LIST, Fault)
    files = listed_faults.locate(faults)
    if arguments.check:
        listed_faults.end_check(LIST, listed_faults.problems(faults))

    planting.build(COPY, files, faults, ("-c", "release", "--product", "meseta"))
    failure = first_failure(0, MOST)
    if failure:
        sys.exit(f"seed {failure[0]} fails without a fault: {failure[1]}")
    tried, troubled, by_law = 0, 0, 0
    results = listed_faults.attempts(
        faults, arguments.parts, JOBS, lambda number, fault: first_failure(number, fault.within))
    for fault, failure in results:
        if fault.problem:
            verdict = fault.problem
        elif failure is None:
            verdict = f"UNNOTICED within {fault.within} seeds"
        else:
            is_law = fault.says in failure[1]
            by_law += is_law
            verdict = f"seed {failure[0]:3}{'' if is_law else ' (by another law)'}: {failure[1][:150]}"
        tried += 1
        troubled += failure is None
        print(f"{fault.name:<64} {verdict}", flush=True)
    print(f"{tried} faults, {tried - troubled} noticed, {by_law} of them by the law that they break")
    sys.exit(1 if troubled else 0)


main()

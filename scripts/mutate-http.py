#!/usr/bin/env python3
"""Plants the faults of http-mutations.txt one by one and checks that the tests of the HTTP interface notice.

    scripts/mutate-http.py [PART OF A NAME ...]    plant them (those of that name), about twenty seconds each
    scripts/mutate-http.py --check                 only see whether each fits its file

Works on a copy of the tree in a folder of its own (HTTP_MUTATION_DIR, kept between runs for its build). All faults go into one
build there, each behind a switch that an environment variable turns on. Prints a table of how many tests noticed, and exits with 1
if a fault went unnoticed. A run that does not come to an end has noticed, too. SWIFT_BUILD is the command that builds,
`swift build` if unset.
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

LIST = ROOT / "scripts/http-mutations.txt"
COPY = pathlib.Path(
    os.environ.get("HTTP_MUTATION_DIR", pathlib.Path(tempfile.gettempdir()) / "meseta-http-mutations"))
TESTS = "MesetaHTTPTests|MesetaHostTests.MachineHostTests|MesetaMasterTests.MeasureTests"
SECONDS = 120
JOBS = int(os.environ.get("MUTATION_JOBS", "2"))


def noticed(number):
    """The tests that fail with a fault; what happened instead if the run did not come to an end."""
    environment = dict(os.environ, **{planting.SWITCH: str(number), "SWIFT_BACKTRACE": "enable=no", "NO_COLOR": "1"})
    command = [
        str(COPY / ".build/debug/mesetaPackageTests.xctest"), "--testing-library", "swift-testing", "--filter", TESTS]
    try:
        # Without a fault it ends, however slow the machine is.
        run = subprocess.run(
            command, cwd=COPY, capture_output=True, text=True, env=environment, timeout=SECONDS if number else None)
    except subprocess.TimeoutExpired:
        return [f"a run without an end in {SECONDS} s"]
    output = run.stdout + run.stderr
    names = sorted(set(re.findall(r"✘ Test (\w+)\(.*?\) (?:recorded|failed)", output)))
    return names or ([f"exit status {run.returncode}"] if run.returncode else [])


def main():
    arguments = listed_faults.arguments(__doc__)
    faults = listed_faults.read(LIST)
    files = listed_faults.locate(faults)
    if arguments.check:
        listed_faults.end_check(LIST, listed_faults.problems(faults))

    planting.build(COPY, files, faults)
    if names := noticed(0):
        sys.exit("tests fail without a fault: " + " ".join(names))
    tried, troubled = 0, 0
    for fault, names in listed_faults.attempts(faults, arguments.parts, JOBS, lambda number, _: noticed(number)):
        tried += 1
        troubled += not names
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            verdict = "noticed by " + ", ".join(names[:3]) + more
        else:
            verdict = fault.problem or "UNNOTICED"
        print(f"{fault.name:<60} {verdict}", flush=True)
    print(f"{tried} faults, {tried - troubled} noticed")
    sys.exit(1 if troubled else 0)


main()

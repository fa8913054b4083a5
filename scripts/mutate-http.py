#!/usr/bin/env python3
"""Plants the faults of http-mutations.txt one by one and checks that the tests of the HTTP interface notice.

    scripts/mutate-http.py [PART OF A NAME ...]    plant them (those of that name), about twenty seconds each
    scripts/mutate-http.py --check                 only see whether each fits its file

Works on a copy of the tree in a folder of its own (HTTP_MUTATION_DIR, kept between runs for its build). All faults go into one
build there, each behind a switch that an environment variable turns on. Prints a table of how many tests noticed, and exits with 1
if a fault went unnoticed. A run that does not come to an end has noticed, too. SWIFT_BUILD is the command that builds,
`swift build` if unset.
"""
import argparse
import concurrent.futures
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART OF A NAME")
    parser.add_argument("--check", action="store_true", help="only see whether the list is right")
    arguments = parser.parse_args()
    faults = listed_faults.read(LIST)
    files = listed_faults.locate(faults)
    if arguments.check:
        problems = [f"{fault.name}: {fault.problem}" for fault in faults if fault.problem]
        for problem in problems:
            print(f"{LIST.relative_to(ROOT)}: {problem}", file=sys.stderr)
        sys.exit(1 if problems else 0)

    planting.build(COPY, files, faults)
    if names := noticed(0):
        sys.exit("tests fail without a fault: " + " ".join(names))
    chosen = [
        (number, fault) for number, fault in enumerate(faults, 1)
        if not arguments.parts or any(part in fault.name for part in arguments.parts)
    ]
    troubled = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=JOBS) as pool:
        results = pool.map(lambda item: [] if item[1].problem else noticed(item[0]), chosen)
        for (_, fault), names in zip(chosen, results):
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            verdict = fault.problem or ("noticed by " + ", ".join(names[:3]) + more if names else "UNNOTICED")
            troubled += not names
            print(f"{fault.name:<60} {verdict}", flush=True)
    print(f"{len(chosen)} faults, {len(chosen) - troubled} noticed")
    sys.exit(1 if troubled else 0)


main()

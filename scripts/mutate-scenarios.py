#!/usr/bin/env python3
"""Plants the faults of scenario-mutations.txt one by one and checks that the golden scenarios notice.

    scripts/mutate-scenarios.py [PART OF A NAME ...]

Works on a copy of HEAD in a folder of its own (MUTATION_DIR, kept between runs for its build), takes about a minute
for each fault, prints a table and the scenarios that noticed none, and exits with 1 if a fault went unnoticed by a
scenario that should have seen it. SWIFT is the command to call, `swift` if unset.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = pathlib.Path(os.environ.get("MUTATION_DIR", pathlib.Path(tempfile.gettempdir()) / "meseta-mutations"))
SWIFT = shlex.split(os.environ.get("SWIFT", "swift"))
SCENARIOS = "Tests/MesetaSimulationTests/Scenarios"


def read_mutations():
    mutations = []
    for block in re.split(r"\n\s*\n", (ROOT / "scripts/scenario-mutations.txt").read_text()):
        mutation = {"old": [], "new": []}
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            if line.startswith("file "):
                mutation["file"] = "Sources/" + line[5:].strip()
            elif line.startswith("fails "):
                mutation["fails"] = line[6:].split()
            elif line.startswith("-"):
                mutation["old"].append(line[2:])
            elif line.startswith("+"):
                mutation["new"].append(line[2:])
            elif line.strip():
                mutation["name"] = line.strip()
        if "name" in mutation:
            mutations.append(mutation)
    return mutations


def refresh_copy():
    COPY.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", str(COPY)], check=True)
    subprocess.run(["git", "-C", str(COPY), "fetch", "-q", str(ROOT), "HEAD"], check=True)
    subprocess.run(["git", "-C", str(COPY), "reset", "-q", "--hard", "FETCH_HEAD"], check=True)


def build():
    command = SWIFT + ["build", "--build-tests", "--quiet"]
    return subprocess.run(command, cwd=COPY, capture_output=True, text=True)


def failing(only=None):
    environment = dict(os.environ)
    if only:
        environment["MESETA_SCENARIO"] = only
    command = SWIFT + ["test", "--skip-build", "--disable-xctest", "--filter", "ScenarioTests/scenario"]
    run = subprocess.run(command, cwd=COPY, capture_output=True, text=True, env=environment)
    output = run.stdout + run.stderr
    names = set(re.findall(r"→ ([a-z0-9-]+)\.txt at ", output))
    return names, run.returncode not in (0, 1)


def noticed(mutation, everyone):
    """The scenarios that fail; where the whole run dies of the fault, those of them that do so alone."""
    names, has_died = failing()
    if not has_died:
        return names
    return {name for name in mutation["fails"] if any(failing(name))}


def main():
    wanted = sys.argv[1:]
    mutations = [m for m in read_mutations() if not wanted or any(part in m["name"] for part in wanted)]
    refresh_copy()
    everyone = {path.stem for path in (COPY / SCENARIOS).glob("*.txt")}
    first = build()
    if first.returncode:
        sys.exit("the tests do not build without a fault:\n" + first.stdout[-2000:] + first.stderr[-2000:])
    if failing()[0]:
        sys.exit("scenarios fail without a fault: " + " ".join(sorted(failing()[0])))
    seen, faulty = set(), 0
    for mutation in mutations:
        path = COPY / mutation["file"]
        text = path.read_text()
        old, new = "\n".join(mutation["old"]), "\n".join(mutation["new"])
        unknown = set(mutation["fails"]) - everyone
        if text.count(old) != 1 or unknown:
            verdict = f"BROKEN ENTRY: found {text.count(old)} times; unknown scenarios {sorted(unknown)}"
            faulty += 1
        else:
            path.write_text(text.replace(old, new))
            if build().returncode:
                verdict, faulty = "DOES NOT BUILD", faulty + 1
            else:
                names = noticed(mutation, everyone)
                missed = set(mutation["fails"]) - names
                seen |= names
                faulty += bool(missed)
                verdict = f"{len(names):3} notice" + (f", MISSED BY {' '.join(sorted(missed))}" if missed else "")
            path.write_text(text)
        print(f"{mutation['name']:<72} {verdict}", flush=True)
    print(f"{len(mutations)} faults, {faulty} with a problem, {len(seen)} of {len(everyone)} scenarios noticed one")
    if not wanted and everyone - seen:
        print("never noticed anything: " + " ".join(sorted(everyone - seen)))
        faulty += 1
    sys.exit(1 if faulty else 0)


main()

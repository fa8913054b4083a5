"""Faults in a copy of the tree: all of them in one build, each behind a switch that an environment variable turns on.

A fault is anything with a `file` (from the root of the tree), `new` (the lines that stand in its place), `is_expression`
(else it is a statement) and a `problem`, empty unless the fault cannot be planted. Faults are numbered from 1; 0 plants
none. SWIFT_BUILD is the command that builds, `swift build` if unset.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = shlex.split(os.environ.get("SWIFT_BUILD", "swift build"))
SWITCH = "MESETA_PLANTED_FAULT"
SWITCHES = re.compile(r"plantedFault == (\d+)")

# Where every room can see it; only in the copy.
SWITCH_SOURCE = f"""import Glibc
public let plantedFault: Int = getenv("{SWITCH}").flatMap {{ Int(String(cString: $0)) }} ?? 0
"""


def planted(text, places):
    """The text of a file with faults behind their switches. `places`: (start, end, number, fault), from the front."""
    for start, end, group in reversed(places):
        old = text[start:end]
        if group[0][1].is_expression:
            choice = "".join(f"plantedFault == {number} ? ({fault.new[0]}) : " for number, fault in group)
            new = f"({choice}({old}))"
        else:
            parts = [f"if plantedFault == {number} {{\n" + "\n".join(fault.new) + "\n}" for number, fault in group]
            new = " else ".join(parts) + f" else {{\n{old}\n}}"
        text = text[:start] + new + text[end:]
    return text


def with_faults(name, text, spans, skipped):
    """The text of the file of that name, with the faults that are not skipped."""
    places = []
    for (start, end), group in sorted(spans.items()):
        group = [(n, f) for n, f in group if not f.problem and n not in skipped]
        if group:
            places.append((start, end, group))
    text = planted(text, places)
    if not name.startswith("Sources/MesetaModel/"):
        text = re.sub(r"(?m)^(?:public |package |internal )?import MesetaModel$", "", text)
        text = "public import MesetaModel\n" + text
    return text


def adopt(copy, files):
    """Takes the build in the folder `copy` for what is to be built, without building. False if it is of other faults."""
    for name, spans in files.items():
        built = (copy / name).read_text() if (copy / name).is_file() else ""
        there = {int(number) for number in SWITCHES.findall(built)}
        for group in spans.values():
            for number, fault in group:
                fault.problem = "" if number in there else "DOES NOT BUILD"
        if with_faults(name, (ROOT / name).read_text(), spans, set()) != built:
            return False
    return True


def refresh_copy(copy, files, skipped):
    """Copies what is to be built into the folder `copy`, with the faults planted; leaves alone what has not changed, for the
    build's sake. `files`: the faults by file and place."""
    copy.mkdir(parents=True, exist_ok=True)
    wanted = {}
    for folder in ("Sources", "Tests", "Examples"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                wanted[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    for name in ("Package.swift", "Package.resolved"):  # The latter is there once something was built.
        if (ROOT / name).is_file():
            wanted[name] = (ROOT / name).read_bytes()
    wanted["Package.swift"] = wanted["Package.swift"].replace(b".treatAllWarnings(as: .error),", b"")
    wanted["Sources/MesetaModel/PlantedFault.swift"] = SWITCH_SOURCE.encode()
    for name, spans in files.items():
        wanted[name] = with_faults(name, wanted[name].decode(), spans, skipped).encode()
    for folder in ("Sources", "Tests", "Examples"):
        for path in (copy / folder).rglob("*"):
            if path.is_file() and path.relative_to(copy).as_posix() not in wanted:
                path.unlink()
    for name, content in wanted.items():
        path = copy / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def build(copy, files, faults, arguments=("--build-tests",)):
    """Builds all faults at once in the folder `copy`; leaves out those that do not compile."""
    skipped = set()
    while True:
        refresh_copy(copy, files, skipped)
        run = subprocess.run(BUILD + list(arguments), cwd=copy, capture_output=True, text=True)
        if run.returncode == 0:
            return
        output = run.stdout + run.stderr
        # The first error in a file is a fault's; others there may follow from it.
        errors = {}
        for error in re.finditer(rf"{re.escape(str(copy))}/(Sources/\S+?):(\d+):\d+: error: (.*)", output):
            errors.setdefault(error[1], error)
        culprits = {}
        for file, error in errors.items():
            # The switch stands in the line of the error, or last before it.
            lines = (copy / file).read_text().splitlines()[: int(error[2])]
            found = next(filter(None, (SWITCHES.findall(line) for line in reversed(lines))), [])
            culprits.update({int(number): error[3] for number in found})
        if culprits.keys() <= skipped:
            sys.exit("the tests do not build:\n" + output[-4000:])
        for number in culprits.keys() - skipped:
            faults[number - 1].problem = "DOES NOT BUILD: " + culprits[number]
        skipped |= culprits.keys()

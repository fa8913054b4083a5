#!/usr/bin/env python3
"""Draws mutants of the master, the agent and the allocator, and sees how many the tests and a simulation kill.

    scripts/mutants.py [--count 120] [--seed 1] [--seeds 200]   about an hour
    scripts/mutants.py --list                                   only say what would be planted
    scripts/mutants.py --only 17 --only 42                      those of the drawn ones
    scripts/mutants.py --among Recovery                         drawn from the files alone whose path has that in it

A mutant is a small change of the source at a place drawn from the seed: a condition negated, true or false, a comparison
off by one or turned round, `&&` for `||`, a number one more, a statement dropped. What is only for people (log lines,
assertions, descriptions) is not changed. A mutant is drawn by what it is, not by where it stands: most of a seed's are the
same after the sources have changed. All are in one build, each behind a switch (planting.py). A mutant is killed by the first
of these that fails or does not come to an end: the unit tests of its module, the golden scenarios, the tests of the others and of
the rooms above, `meseta simulate` over so many seeds, the tests of the simulation. One that survives is either listed in
scripts/equivalent-mutants.txt with the reason why nobody could tell it from the original, and is not tried, or is a gap in the
tests. Exits with 1 below 90 % killed.
"""
import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # no folder beside the scripts
import planting
from planting import ROOT

MODULES = ["MesetaMaster", "MesetaAgent", "MesetaAllocator"]
# The rooms above those, whose tests may notice something too; those of the simulation come last.
ABOVE = ["MesetaRecording", "MesetaNet", "MesetaHTTP", "MesetaService", "MesetaHost", "MesetaContainers", "Meseta"]
EQUIVALENTS = ROOT / "scripts/equivalent-mutants.txt"
COPY = pathlib.Path(os.environ.get("MUTATION_DIR", pathlib.Path(tempfile.gettempdir()) / "meseta-mutants"))
WANTED = 0.9

# Lines that are for people alone, or that are no code that runs.
LEFT_OUT = re.compile(
    r"\blog\(|^\s*\.(debug|info|warning|error),|\b(assert|precondition)\w*\(|checkInvariants|checkConservation|description|^\s*(@|#|import |case [^:]*$)"
    r"|CodingKeys|encode\(|marks?\.insert"
    r"|^\s*self\.(?P<name>\w+) = (?P=name)$")  # of an initialiser, which does not compile without
NO_STATEMENT = re.compile(
    r"^(let|var|return|if|guard|for|while|repeat|switch|case|default|defer|func|init|do|catch|throw|try|break|continue|else|"
    r"fallthrough|struct|enum|extension|private|public|package|fileprivate|static|mutating|typealias|self\.init)\b|^[})\].?&|+*/<>=-]")
COMPARISONS = {" < ": [" <= "], " <= ": [" < "], " > ": [" >= "], " >= ": [" > "], " == ": [" != "], " != ": [" == "]}


# Checks of the tables against each other, for tests.
LEFT_OUT_FILES = re.compile(r"\+Invariants\.swift$")


class Mutant:
    """A change at a place of a file."""

    def __init__(self, file, span, line, kind, old, new, is_expression, context=""):
        self.file, self.span, self.line, self.kind = file, span, line, kind
        self.old, self.new, self.is_expression, self.problem = old, [new] if new else [], is_expression, ""
        self.context = context

    @property
    def place(self):
        return f"{self.file.removeprefix('Sources/')}:{self.line}"

    @property
    def what(self):
        change = f"{self.kind}: {' '.join(self.old.split())}" + (f"  ->  {self.new[0]}" if self.new else "")
        return change + (f"  in  {self.context}" if self.context else "")


def without_text(code):
    """The code with its comments and string literals blanked, of the same length."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"', re.DOTALL)
    return pattern.sub(lambda match: re.sub(r"[^\n]", "_", match[0]), code)


def clauses(condition):
    """Where the parts of a condition are that commas separate: (start, end) each."""
    depth, start, parts = 0, 0, []
    for index, character in enumerate(condition + ","):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append((start, index))
            start = index + 1
    return [
        (a + len(condition[a:b]) - len(condition[a:b].lstrip()), a + len(condition[a:b].rstrip())) for a, b in parts
    ]


def conditions(code):
    """The boolean clauses of `if`, `guard`, `while` and `where`, on one line."""
    for match in re.finditer(r"\b(?:if|guard|while|where)\s+([^\n{]*?)\s*(?:else\s*)?\{\s*(?:return[^\n]*\})?$", code, re.M):
        for start, end in clauses(match[1]):
            clause = match[1][start:end]
            is_boolean = clause and not re.match(r"(let|var|case|#available)\b", clause) and " where " not in clause
            if is_boolean and clause.count("(") == clause.count(")"):
                yield match.start(1) + start, match.start(1) + end, clause


def statements(code):
    """Lines that are a statement without a value: calls and assignments."""
    lines = code.split("\n")
    at = 0
    for number, line in enumerate(lines):
        start, text = at, line.strip()
        at += len(line) + 1
        if not text or NO_STATEMENT.search(text) or text.endswith((",", "{", "(", "[", ":", "=", "->")):
            continue
        if not re.match(r"^[a-zA-Z_$][^{}]*(\)|=\s*\S.*|\+= .*|-= .*)$", text) or re.match(r"^\w+: ", text):
            continue
        if any(text.count(a) != text.count(b) for a, b in ("()", "[]")):
            continue
        before, after = lines[number - 1].strip(), lines[number + 1].strip() if number + 1 < len(lines) else ""
        if before.endswith((",", "(", "=", "&&", "||", "+", "?", ":", "[", "return")) and not before.startswith(("case", "default")):
            continue
        if after.startswith((".", "?", ":", "+ ", "- ", "&&", "||", "??", "?? ", ")")):
            continue
        # The only line of a body may be its value.
        if before.endswith("{") and after == "}" and re.search(r"->|\bvar\b|\bin$|= \{|in \{|[a-z]\s*\{$", before) and not re.match(
                r"(if|guard|for|while|else|\} else|mutating func [^>]*\{|func [^>]*\{)", before):
            continue
        yield start + line.index(text), start + line.index(text) + len(text), text, number + 1


def mutants_of(path):
    code = path.read_text()
    file, bare = path.relative_to(ROOT).as_posix(), without_text(code)
    lines = code.split("\n")

    def line_of(position):
        return code.count("\n", 0, position) + 1

    def is_left_out(position):
        return LEFT_OUT.search(lines[line_of(position) - 1])

    for start, end, _ in conditions(bare):
        old = code[start:end]
        if is_left_out(start):
            continue
        changes = [("negated", f"!({old})"), ("always", "true"), ("never", "false")]
        shown = bare[start:end]
        for sign, others in COMPARISONS.items():
            changes += [("compared", old.replace(sign, other, 1)) for other in others if shown.count(sign) == 1]
        for one, other in ((" && ", " || "), (" || ", " && ")):
            if shown.count(one) == 1:
                changes.append(("joined", old.replace(one, other)))
        for kind, new in changes:
            yield Mutant(file, (start, end), line_of(start), kind, old, new, True)
    for start, end, _, number in statements(bare):
        if not is_left_out(start):
            yield Mutant(file, (start, end), number, "dropped", code[start:end], "", False)
    for match in re.finditer(r"(?<![\w.$#\[(])(?<=[ -])([01])(?![\w.:])(?=[ ),\n])", bare):
        line = lines[line_of(match.start()) - 1]
        if not is_left_out(match.start()) and not re.search(r"\b(case|static|switch|tidy)\b", line):
            yield Mutant(
                file, match.span(1), line_of(match.start()), "off by one", match[1], str(int(match[1]) + 1), True,
                line.strip())


def draw(count, seed, among):
    """So many mutants in places that do not overlap, in the order of files and places."""
    everything = [
        mutant for module in MODULES for path in sorted((ROOT / "Sources" / module).rglob("*.swift"))
        if not LEFT_OUT_FILES.search(path.name) and any(part in path.as_posix() for part in among or [""])
        for mutant in mutants_of(path)
    ]
    seen, ranks = {}, {}
    for mutant in everything:
        # What is there several times in a file is told apart by its turn.
        name = f"{mutant.file} {mutant.what}"
        seen[name] = seen.get(name, 0) + 1
        ranks[mutant] = hashlib.sha256(f"{seed} {name} {seen[name]}".encode()).digest()
    everything.sort(key=ranks.get)
    drawn, taken = [], {}
    for mutant in everything:
        spans = taken.setdefault(mutant.file, [])
        # Nor two in one line, which would make the compiler's work long.
        if all(mutant.line != line for line in spans):
            spans.append(mutant.line)
            drawn.append(mutant)
        if len(drawn) == count:
            break
    return sorted(drawn, key=lambda m: (m.file, m.span)), len(everything)


def stages(module, seeds):
    """What may kill a mutant of a module, the cheapest first: a name and a command."""
    bundle = [str(COPY / ".build/debug/mesetaPackageTests.xctest"), "--testing-library", "swift-testing"]
    yield f"{module}Tests", bundle + ["--filter", rf"^{module}Tests\."]
    yield "scenarios", bundle + ["--filter", "ScenarioTests/"]
    for name in [other for other in MODULES if other != module] + ABOVE:
        yield f"{name}Tests", bundle + ["--filter", rf"^{name}Tests\."]
    if seeds:
        yield "simulation", [
            str(COPY / ".build/release/meseta"), "simulate", "--seeds", f"1..{seeds}", "--jobs", "1", "--shrink-seconds", "0"]
    yield "MesetaSimulationTests", bundle + ["--filter", r"^MesetaSimulationTests\.", "--skip", "ScenarioTests/"]


def killer(number, module, seeds, most):
    """What kills a mutant; None: it survives. `most`: how many seconds each stage may take."""
    for name, command in stages(module, seeds):
        verdict = failure(number, command, most.get(name, 3600))
        if verdict is not None:
            return f"{name}: {verdict}"
    return None


def failure(number, command, seconds):
    """Why a command does not end well with a mutant; None if it does. Looks no further than the first test that fails."""
    environment = dict(os.environ, **{planting.SWITCH: str(number), "SWIFT_BACKTRACE": "enable=no"})
    run = subprocess.Popen(
        command, cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment,
        start_new_session=True)
    is_late = threading.Event()

    def give_up():
        is_late.set()
        os.killpg(run.pid, signal.SIGKILL)

    timer = threading.Timer(seconds, give_up)
    timer.start()
    told = None
    for line in run.stdout:
        found = re.search(r"Test (?:case .* of )?(\S+) (?:with .* )?recorded an issue|(FAILED .*)", line)
        if found:
            told = (found[1] or found[2])[:120]
            break
    timer.cancel()
    if told is None:
        code = run.wait()
        told = "no end" if is_late.is_set() else f"exit {code}" if code else None
    try:
        os.killpg(run.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    run.wait()
    return told


def usual_times(seeds):
    """How long each stage may take: not much longer than without a mutant."""
    most = {}
    for name, command in stages(MODULES[0], seeds):
        started = time.monotonic()
        why = failure(0, command, 3600)
        if why:
            sys.exit(f"{name} fails without a mutant ({why}); is the build in {COPY} stale?")
        took = time.monotonic() - started
        print(f"without a mutant {name} takes {took:.0f} s", flush=True)
        most[name] = 30 + 3 * took
    return most


def equivalents():
    """The reasons of mutants that change nothing, by file and what was changed."""
    reasons, key = {}, None
    for line in EQUIVALENTS.read_text().splitlines() if EQUIVALENTS.is_file() else []:
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            reasons[key] = (reasons.get(key, "") + " " + line.strip()).strip()
        else:
            key = line.strip()
    return reasons


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--among", metavar="PART OF A PATH", action="append", default=[])
    parser.add_argument("--seeds", type=int, default=200, help="of the simulation; 0: without it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many mutants are tried at once")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--build", action="store_true", help="only build")
    parser.add_argument("--built", action="store_true", help="do not build: that is done")
    parser.add_argument("--only", type=int, action="append", default=[])
    parser.add_argument("--try-equivalents", action="store_true", help="those too that are argued to change nothing")
    arguments = parser.parse_args()
    drawn, candidates = draw(arguments.count, arguments.seed, arguments.among)
    print(f"{len(drawn)} of {candidates} possible mutants, drawn from seed {arguments.seed}")
    if arguments.list:
        for number, mutant in enumerate(drawn, 1):
            print(f"{number:4} {mutant.place:<58} {mutant.what}")
        return
    files = {}
    for number, mutant in enumerate(drawn, 1):
        files.setdefault(mutant.file, {}).setdefault(mutant.span, []).append((number, mutant))
    if arguments.built:
        if not planting.adopt(COPY, files):
            sys.exit(f"what is built in {COPY} is not these mutants: build them with --build")
    else:
        planting.build(COPY, files, drawn)
        if arguments.seeds:
            planting.build(COPY, files, drawn, ("-c", "release", "--product", "meseta"))
    for number, mutant in enumerate(drawn, 1):
        if mutant.problem:
            print(f"{number:4} {mutant.place:<58} {mutant.what}\n       {mutant.problem}")
    print("built", flush=True)
    if arguments.build:
        return
    most = usual_times(arguments.seeds)
    chosen = [
        (number, mutant) for number, mutant in enumerate(drawn, 1)
        if not mutant.problem and (not arguments.only or number in arguments.only)
    ]
    reasons, survivors, killed, argued = equivalents(), [], 0, 0

    def verdict_on(item):
        number, mutant = item
        reason = reasons.get(f"{mutant.file.removeprefix('Sources/')} {mutant.what}")
        if reason and not arguments.try_equivalents:
            return None, reason
        return killer(number, mutant.file.split("/")[1], arguments.seeds, most), reason

    with concurrent.futures.ThreadPoolExecutor(max_workers=arguments.jobs) as pool:
        for (number, mutant), (name, reason) in zip(chosen, pool.map(verdict_on, chosen)):
            if name:
                killed += 1
                verdict = f"killed by {name}" + (", though argued equivalent" if reason else "")
            elif reason:
                argued += 1
                verdict = f"equivalent: {reason}"
            else:
                survivors.append((number, mutant))
                verdict = "SURVIVES"
            print(f"{number:4} {mutant.place:<58} {mutant.what}\n       {verdict}", flush=True)
    unbuilt = sum(bool(mutant.problem) for mutant in drawn)
    counted = len(chosen) - argued
    print(f"\n{counted} mutants, {killed} killed ({killed / max(counted, 1):.0%}); {argued} equivalent; {unbuilt} do not compile")
    for number, mutant in survivors:
        print(f"survives: {number} {mutant.place} {mutant.what}")
    sys.exit(0 if killed >= WANTED * counted else 1)


main()

"""Faults that are written down in a list, each a place in a file and what is to stand there.

The blocks of a list are separated by empty lines. Either an expression is replaced,

    WHAT THE FAULT IS
    file TARGET/FILE
    near TEXT               where the expression is not the only one: text that is there once, and that it is in or behind
    old EXPRESSION
    new EXPRESSION          of the same type

or whole statements, which declare nothing that is used after them: "-" lines by the "+" lines, by nothing without these. Other
words at the beginning of a line are for the program that reads the list.
"""
import argparse
import concurrent.futures
import re
import sys

from planting import ROOT


class Fault:
    """A place in a file, and what is to stand there."""

    def __init__(self, block):
        self.near, self.old, self.new = "", [], []
        self.name, self.file, self.problem = "", "", ""
        self.is_expression = False
        for line in block.splitlines():
            word, _, rest = line.partition(" ")
            if word == "file":
                self.file = "Sources/" + rest.strip()
            elif word == "near":
                self.near = rest.strip()
            elif word in ("old", "new"):
                self.is_expression = True
                getattr(self, word).append(rest.strip())
            elif word in ("-", "+"):
                (self.old if word == "-" else self.new).append(rest)
            elif not self.take(word, rest.strip()):
                self.name = line.strip()

    def take(self, word, rest):
        """Whether a line begins with a word that the fault knows besides."""
        return False

    def find(self, text):
        """Where the code is that the fault replaces: its start and end. The place has to be the only one."""
        start = 0
        if self.near:
            if text.count(self.near) != 1:
                self.problem = f"`{self.near}` is there {text.count(self.near)} times"
                return None
            start = text.index(self.near)
        if self.is_expression:
            old = self.old[0]
        else:
            # Lines are compared without their indentation.
            old = r"\n[ ]*".join(re.escape(line.strip()) for line in self.old)
            found = list(re.finditer(r"(?m)^[ ]*(" + old + r")[ ]*$", text))
            if len(found) != 1:
                self.problem = f"the statement is there {len(found)} times"
                return None
            return found[0].span(1)
        if not self.near and text.count(old) != 1:
            self.problem = f"`{old}` is there {text.count(old)} times"
            return None
        at = text.find(old, start)
        if at < 0:
            self.problem = f"`{old}` is not there"
            return None
        return at, at + len(old)


def read(path, kind=Fault):
    """The faults of a list."""
    text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#"))
    return [kind(block) for block in re.split(r"\n\s*\n", text) if block.strip()]


def locate(faults):
    """The places of the faults by file, those of one place together; faults that have none get their problem."""
    files = {}
    for number, fault in enumerate(faults, 1):
        path = ROOT / fault.file
        if not path.is_file():
            fault.problem = f"there is no {fault.file}"
            continue
        span = fault.find(path.read_text())
        if span:
            files.setdefault(fault.file, {}).setdefault(span, []).append((number, fault))
    for spans in files.values():
        last = 0
        for start, end in sorted(spans):
            if start < last:
                for _, fault in spans[start, end]:
                    fault.problem = "its place overlaps another fault's"
            last = max(last, end)
    return files


def arguments(documentation):
    """What was asked for: `parts` of the names of faults, or only to `check`."""
    parser = argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART OF A NAME")
    parser.add_argument("--check", action="store_true", help="only see whether the list is right")
    return parser.parse_args()


def problems(faults):
    """What is wrong with the places of faults."""
    return [f"{fault.name}: {fault.problem}" for fault in faults if fault.problem]


def end_check(path, problems):
    """Says what is wrong with the list, and ends the program."""
    for problem in problems:
        print(f"{path.relative_to(ROOT)}: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


def attempts(faults, parts, jobs, attempt):
    """Each fault of those names, in their order, with what `attempt` returns of its number and itself; None if it cannot be planted."""
    chosen = [
        (number, fault) for number, fault in enumerate(faults, 1)
        if not parts or any(part in fault.name for part in parts)
    ]
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        results = pool.map(lambda item: None if item[1].problem else attempt(*item), chosen)
        for (_, fault), result in zip(chosen, results):
            yield fault, result

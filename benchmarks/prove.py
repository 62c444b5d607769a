"""How long the proof takes, and how much memory: the reference bundle, a bundle of a million states, and an edit.

    python benchmarks/prove.py [--quick] [--json OUT] [--bundle flows/uscis]

Cold means a new process that imports the program, reads the files, checks and proves. The edit is one file of the reference
bundle changed inside a process that has proved it before, as `ivr check --watch` does it. The ratio compares the search
with a bare breadth-first search over as many numbers and edges in the same process, which is what Python needs at least.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from array import array
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.large_bundle import NODES  # noqa: E402

COLD_S, LARGE_S, LARGE_GB, EDIT_S = 2.0, 15.0, 1.0, 0.5
CHILD = """
import json, resource, sys, time
began = time.perf_counter()
{prepare}
from ivr.proof.examine import examine
from ivr.proof.load import uncollected
with uncollected():
    e = examine(files)
print(json.dumps({{"seconds": time.perf_counter() - began, "states": e.states, "transitions": e.transitions, "ok": e.ok,
                   "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}}))
"""
FROM_FOLDER = "from ivr.flow.load import read_files\nfrom pathlib import Path\nfiles = read_files(Path({folder!r})).files"
LARGE = "from benchmarks.parts.large_bundle import large_bundle\nfiles = large_bundle({truths})"


def main() -> int:
    parser = figures.options("Time and memory of the proof.")
    parser.add_argument("--bundle", type=Path, default=ROOT / "flows" / "uscis")
    options = parser.parse_args()
    rounds, truths = (1, 6) if options.quick else (5, 12)
    cold = [run(FROM_FOLDER.format(folder=str(options.bundle))) for _ in range(rounds)]
    large = [run(LARGE.format(truths=truths)) for _ in range(max(1, rounds // 2))]
    first, warm = edits(options.bundle, rounds)
    bare = bare_search(large[0]["states"], large[0]["transitions"])
    table = [
        Figure("reference bundle, cold", best(cold), "s", COLD_S),
        Figure("reference bundle, states", cold[0]["states"]),
        Figure("reference bundle, transitions", cold[0]["transitions"]),
        Figure("one file edited, warm (slowest of every file)", max(warm.values()), "s", EDIT_S),
        Figure(f"{NODES} nodes, cold", best(large), "s", LARGE_S),
        Figure(f"{NODES} nodes, states", large[0]["states"], "", 1_000_000, True) if not options.quick
        else Figure(f"{NODES} nodes, states", large[0]["states"]),
        Figure(f"{NODES} nodes, transitions", large[0]["transitions"]),
        Figure(f"{NODES} nodes, peak memory", max(r["gb"] for r in large), "GB", LARGE_GB),
        Figure("the same number of edges, bare search", bare, "s"),
        Figure("proof of the large bundle : bare search", best(large) / bare, "x"),
    ]
    assert all(r["ok"] for r in (*cold, *large)), "a benchmark of bundles that are refused says nothing"
    figures.show("proof", table)
    figures.save("prove", table, options.json, quick=options.quick, details={"cold": cold, "large": large, "first": first, "edits": warm})
    return 0 if all(f.met is not False for f in table) else 1


def best(runs: list[dict[str, float]]) -> float:
    return min(r["seconds"] for r in runs)


def run(prepare: str) -> dict[str, float]:
    """One examination in a process of its own."""
    out = subprocess.run([sys.executable, "-c", CHILD.format(prepare=prepare)], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(out.stdout)


def edits(folder: Path, rounds: int) -> tuple[float, dict[str, float]]:
    """The first examination in this process, then one after a change to each file: seconds, the slowest of the rounds. In
    a flow the change is a real one (another budget of tries at a question), elsewhere a comment."""
    from ivr.flow.load import read_files
    from ivr.proof.examine import examine
    from ivr.proof.load import uncollected

    files = dict(read_files(folder).files)
    with uncollected():
        began = time.perf_counter()
        examine(files)
        first = time.perf_counter() - began
        found: dict[str, float] = {}
        for name in sorted(files):
            for n in range(rounds):
                changed = {**files, name: edited(files[name], n)}
                began = time.perf_counter()
                examine(changed)
                found[name] = max(found.get(name, 0.0), time.perf_counter() - began)
    return first, found


def edited(text: bytes, n: int) -> bytes:
    """The file as it is after a small edit: another budget of tries at its first questions, or a comment."""
    changed = text.replace(b"type: yes_no,", b"type: yes_no, retries: %d," % (n % 3), 1) if b"retries" not in text else text
    return changed + b"# edit %d\n" % n


def bare_search(states: int, transitions: int) -> float:
    """Seconds for a breadth-first search over numbers with as many states and edges, remembering both ends of each."""
    fan, seen, source, target = max(1, transitions // states), {0: 0}, array("i"), array("i")
    began = time.perf_counter()
    todo = [0]
    for state in todo:
        number = seen[state]
        for k in range(fan):
            following = (state * 3 + k + 1) % states
            known = seen.get(following)
            if known is None:
                known = seen[following] = len(seen)
                todo.append(following)
            source.append(number)
            target.append(known)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())

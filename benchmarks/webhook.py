"""How many voice webhooks a core answers, next to a bare Flask view that does the same SQL.

    python benchmarks/webhook.py [--quick] [--json OUT]

Three servers on the same stack (started by `ivr serve`), pinned to one core, the load generator to the other: ours in
Twilio mode, the bare view of `parts/bare_webhook.py`, and that view without SQL. Rounds are interleaved; a ratio is taken
within each round and the median of the ratios is reported, so that a change of the machine's mood hits both sides.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.job_process import JobProcess  # noqa: E402
from benchmarks.parts.server_process import ServerProcess, environment  # noqa: E402
from benchmarks.parts.statistics import median_ratio, percentile  # noqa: E402
from benchmarks.parts.webhook_recording import record  # noqa: E402
from benchmarks.parts.webhook_walk import WALK  # noqa: E402

RATIO, P99_MS, OPEN_RATE = 0.7, 20.0, 300.0
SERVERS = ("ours", "bare", "no_sql")
CONNECTIONS = 8
Round = dict[str, dict[str, Any]]


def start(stack: ExitStack, name: str, folder: Path, recording: Path) -> ServerProcess:
    var = folder / name
    var.mkdir()
    (var / "intents").symlink_to(folder / "intents")
    command = {"ours": ["-m", "ivr", "serve", "--json"],
               "bare": ["-m", "benchmarks.parts.bare_webhook", str(recording), "sql"],
               "no_sql": ["-m", "benchmarks.parts.bare_webhook", str(recording), "none"]}[name]
    return stack.enter_context(ServerProcess(command, environment(var, IVR_RECOGNIZER="twilio"), folder / f"{name}.log"))


def measure(quick: bool) -> tuple[list[Round], dict[str, list[list[float]]]]:
    """Closed rounds {server: {voice, gather}}, and latencies in ms at the open rate, a list a round."""
    calls, rounds = (120, 3) if quick else (300, 9)
    seconds, open_rounds = (3, 1) if quick else (10, 3)
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "intents").mkdir()
        recording = folder / "recording.json"
        recording.write_text(json.dumps(record(folder)))
        servers = {each: start(stack, each, folder, recording) for each in SERVERS}
        generator = JobProcess("benchmarks.parts.http_load")
        stack.callback(generator.close)
        for each in SERVERS:
            load(generator, servers[each], 40, len(WALK))
        closed = [{each: load(generator, servers[each], calls, len(WALK))
                   for each in (SERVERS if n % 2 == 0 else SERVERS[::-1])} for n in range(rounds)]
        per_call = 3 * len(WALK)
        opened: dict[str, list[list[float]]] = {"ours": [], "bare": []}
        for _ in range(open_rounds):
            for each, kept in opened.items():
                run = load(generator, servers[each], int(OPEN_RATE * seconds / per_call), per_call, OPEN_RATE, 24)
                kept.append(run["gather"]["latencies_ms"])
    return closed, opened


def load(generator: JobProcess, server: ServerProcess, calls: int, turns: int, rate: float = 0,
         connections: int = CONNECTIONS) -> dict[str, Any]:
    before = server.cpu_s
    run = generator.run(port=server.port, calls=calls, turns=turns, rate=rate, connections=connections)
    wrong = sum(part["bad"] for part in run.values())
    if wrong:
        raise SystemExit(f"error: {wrong} answers were wrong; such a figure would mean nothing")
    return {**run, "cpu_us": 1e6 * (server.cpu_s - before) / (calls * (turns + 1))}


def evaluate(closed: list[Round], opened: dict[str, list[list[float]]]) -> list[Figure]:
    """The table. Pure."""
    rates = {(s, kind): [r[s][kind]["rate"] for r in closed] for s in SERVERS for kind in ("gather", "voice")}
    out = []
    for kind, label in (("gather", "a turn (POST /voice/gather)"), ("voice", "a new call (POST /voice)")):
        ours, bare, no_sql = (rates[s, kind] for s in SERVERS)
        out += [Figure(f"{label}: ours", median(ours), "req/s"),
                Figure(f"{label}: bare view, same SQL", median(bare), "req/s"),
                Figure(f"{label}: bare view, no SQL", median(no_sql), "req/s"),
                Figure(f"{label}: ours / bare with the same SQL", median_ratio(ours, bare), "", RATIO, at_least=True),
                Figure(f"{label}: ours / bare without SQL", median_ratio(ours, no_sql))]
    ours, bare = ([r[s]["cpu_us"] for r in closed] for s in ("ours", "bare"))
    out += [Figure("CPU a request: ours", median(ours), "us"), Figure("CPU a request: bare view, same SQL", median(bare), "us"),
            Figure("CPU a request: bare with the same SQL / ours", median_ratio(bare, ours))]
    for name, label in (("ours", "ours"), ("bare", "bare view, same SQL")):
        rounds = opened[name]
        out += [Figure(f"{OPEN_RATE:.0f} turns/s, {label}: median", median(percentile(r, 0.5) for r in rounds), "ms"),
                Figure(f"{OPEN_RATE:.0f} turns/s, {label}: p99", median(percentile(r, 0.99) for r in rounds), "ms",
                       P99_MS if name == "ours" else None)]
    return out


def main() -> int:
    options = figures.options("Voice webhooks against a bare Flask view.").parse_args()
    closed, opened = measure(options.quick)
    table = evaluate(closed, opened)
    figures.show("voice webhooks, one core", table)
    rates = [{s: {k: round(r[s][k]["rate"], 1) for k in ("gather", "voice")} | {"cpu_us": round(r[s]["cpu_us"])} for s in SERVERS}
             for r in closed]
    figures.save("webhook", table, options.json, quick=options.quick, details={"rounds": rates})
    return 0 if all(f.met is not False for f in table) else 1


if __name__ == "__main__":
    sys.exit(main())

"""How many calls' audio one core carries, next to a bare echo server on the same stack.

    python benchmarks/streams.py [--quick] [--json OUT]

The server is pinned to one core, the callers (one process) to the other. Ours does all it does with a caller who is
silent: protocol checks, mu-law, tone gate, voice detector, end of speech; the recogniser is loaded and has nothing to do.
The echo server parses the JSON, decodes, takes the level and sends the frame back. Lateness is what the server's event
loop adds to a frame, see `parts/stream_server.py`; a step is good while its p99 stays below 20 ms.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.job_process import JobProcess  # noqa: E402
from benchmarks.parts.server_process import ServerProcess, environment  # noqa: E402
from benchmarks.parts.statistics import highest_good_step, percentile, slope  # noqa: E402

LATE_MS, STREAMS, CPU_US = 20.0, 50, 150.0
STEPS, QUICK_STEPS = (10, 25, 50, 75, 100, 150, 200), (10, 25, 50, 100)
Steps = dict[int, dict[str, Any]]


def measure(quick: bool) -> dict[str, Steps]:
    """{ours, echo} -> streams -> the step's figures. Steps of both alternate; a server drops out after its first bad one."""
    seconds, steps = (2, QUICK_STEPS) if quick else (5, STEPS)
    out: dict[str, Steps] = {"ours": {}, "echo": {}}
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name, ExitStack() as stack:
        servers = {what: stack.enter_context(_start(what, Path(name))) for what in out}
        callers = JobProcess("benchmarks.parts.stream_load")
        stack.callback(callers.close)
        for what, server in servers.items():  # a first round that nobody looks at
            callers.run(what=what, port=server.port, pid=server.process.pid, streams=10, seconds=1.5)
        for n in steps:
            for what, server in servers.items():
                if all(_good(s) for s in out[what].values()):
                    out[what][n] = callers.run(what=what, port=server.port, pid=server.process.pid, streams=n,
                                               seconds=seconds)
    return out


def _start(what: str, folder: Path) -> ServerProcess:
    var = folder / what
    var.mkdir()
    audio = ROOT / "var/audio"  # prompts rendered before; made here on a fresh machine
    audio.mkdir(parents=True, exist_ok=True)
    (var / "audio").symlink_to(audio)
    env = environment(var, IVR_MODELS_DIR=str(ROOT / "var/models"), IVR_MAX_STREAMS="1000", IVR_INTENTS="words", IVR_RECOGNIZER="whisper",
                      HF_HUB_OFFLINE="1")
    return ServerProcess(["-m", "benchmarks.parts.stream_server", what], env, folder / f"{what}.log")


def _good(step: dict[str, Any]) -> bool:
    return percentile(step["late_ms"], 0.99) <= LATE_MS and not step["lost"]


def evaluate(measured: dict[str, Steps]) -> list[Figure]:
    """The table. Pure."""
    out = []
    for what, label in (("ours", "ours"), ("echo", "bare echo")):
        steps = measured[what]
        late = {n: percentile(s["late_ms"], 0.99) if not s["lost"] else float("inf") for n, s in steps.items()}
        best = highest_good_step(late, LATE_MS)
        shown = steps[best or min(steps)]
        ours = what == "ours"
        out += [Figure(f"{label}: streams with p99 lateness under {LATE_MS:g} ms", best, "", STREAMS if ours else None,
                       at_least=True),
                Figure(f"{label}: p99 lateness there", percentile(shown["late_ms"], 0.99), "ms"),
                Figure(f"{label}: CPU a frame there", shown["cpu_us_per_frame"], "us", CPU_US if ours else None),
                Figure(f"{label}: memory a stream", slope([(n, s["rss_mb"]) for n, s in steps.items()]), "MB")]
        name = "key `*` to first audio" if ours else "frame to its echo"
        out += [Figure(f"{label}: {name}, median", percentile(shown["waited_ms"], 0.5), "ms"),
                Figure(f"{label}: {name}, p99", percentile(shown["waited_ms"], 0.99), "ms")]
    return out


def main() -> int:
    options = figures.options("Media streams on one core, against a bare echo server.").parse_args()
    measured = measure(options.quick)
    table = evaluate(measured)
    figures.show("media streams, one core", table)
    details = {what: {n: {"p50_late_ms": percentile(s["late_ms"], 0.5), "p99_late_ms": percentile(s["late_ms"], 0.99),
                          **{k: v for k, v in s.items() if k not in ("late_ms", "waited_ms")}} for n, s in steps.items()}
               for what, steps in measured.items()}
    figures.save("streams", table, options.json, quick=options.quick, details=details)
    return 0 if all(f.met is not False for f in table) else 1


if __name__ == "__main__":
    sys.exit(main())

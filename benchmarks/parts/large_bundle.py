"""A bundle as large as a careful author could ever write: 200 nodes, a dozen truth values that matter to the very end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ivr.flow.load import read_files

STARTER = Path(__file__).resolve().parents[2] / "flows" / "starter"
QUESTIONS, DECIDES = 96, 96
NODES = QUESTIONS + DECIDES + 8


def large_bundle(truths: int) -> dict[str, bytes]:
    """Files of a bundle of 200 nodes in which any combination of `truths` truth values can be reached after most questions."""
    files = dict(read_files(STARTER).files)
    files["main.yaml"] = "\n".join(_flow(truths)).encode()
    files["policy.yaml"] = _policy(truths).encode()
    files["queues.yaml"] = b"schema: ivr.queues/v1\nqueues:\n  desk: {tier: 1}\n"
    return files


def _flow(truths: int) -> Iterator[str]:
    yield "schema: ivr.flow/v1\nid: main\nstart: welcome\nvars:"
    yield from (f"  v{n}: {{enum: [no_, yes_]}}" for n in range(truths))
    yield "slots: {agrees: {type: yes_no}}"
    yield "nodes:\n  welcome: {say: welcome, next: q0}"
    for n in range(QUESTIONS):
        yield from _question(n, truths)
        yield from _decide(n, truths)
    every = " and ".join(f"v{n} == yes_" for n in range(truths))
    yield f"  may: {{decide: [{{id: a, if: {every}}}, {{id: b, if: not ({every})}}], to: {{a: desk, b: goodbye}}}}"
    yield "  desk: {transfer: {queue: desk, policy: live}, to: {connected: goodbye, closed: hours, wait_too_long: way, "\
          "failed: way, left: goodbye}}"
    yield "  hours: {say: hours, next: goodbye}\n  way: {say: way, next: goodbye}\n  agent_request: {say: no_agents, next: q0}"
    yield "  goodbye: {end: done}\n  safe_landing: {end: {outcome: safe_landing, prompt: safe_landing}}"


def _question(n: int, truths: int) -> Iterator[str]:
    yield f"  q{n}: {{collect: {{slot: agrees, type: yes_no, prompt: anything_else, retries: 3}},"
    yes, no = (f"{{set: {{v{n % truths}: {value}}}, go: d{n}}}" for value in ("yes_", "no_"))
    yield f'       to: {{"yes": {yes}, "no": {no}, failed: may}}}}'


def _decide(n: int, truths: int) -> Iterator[str]:
    one, other = f"v{n % truths} == yes_", f"v{(n * 5 + 1) % truths} == yes_"
    following = f"q{n + 1}" if n + 1 < QUESTIONS else "may"
    # Now and then back: otherwise later questions would only know what earlier ones set.
    back = f"q{n // 2}" if n % 8 == 7 else following
    rows = f"{{id: a, if: {one} and {other}}}, {{id: b, if: not ({one} and {other})}}"
    yield f"  d{n}: {{decide: [{rows}], to: {{a: {following}, b: {back}}}}}"


def _policy(truths: int) -> str:
    every = " and ".join(f"v{n} == yes_" for n in range(truths))
    return f"schema: ivr.policy/v1\nlive: {{allow_if: {every}}}\nnever: [{{id: not-all, rule: transfer when v0 == no_}}]\n"

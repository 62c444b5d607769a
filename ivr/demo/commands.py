"""The terminal's way to call: `ivr call`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import click

from ivr.demo.call import CALLER, terminal_call
from ivr.ops import logs


class _Instant(click.ParamType):
    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no time, expected such as 2026-03-10T10:05:00-05:00", param, ctx)
        if instant.tzinfo is None:
            self.fail(f"{value!r} has no offset, expected such as 2026-03-10T10:05:00-05:00", param, ctx)
        return instant


@click.command()
@click.argument("bundle", type=click.Path(exists=True, file_okay=False, path_type=Path), default="flows/uscis")
@click.option("--line", help="Line of the bundle: main, tty, international ...  [default: main; with --tty the line for text telephones]")
@click.option("--lang", help="Language the call begins in.")
@click.option("--at", type=_Instant(), help="When the call takes place, such as 2026-03-10T10:05:00-05:00.")
@click.option("--from", "caller", default=CALLER, show_default=True, help="The caller's number; 'anonymous' hides it.")
@click.option("--wav", "wavs", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Speak a recording through the whole audio path; may be given several times.")
@click.option("--tty", is_flag=True, help="Call as a text telephone: what you type goes through real tones, faster than real time.")
@click.option("--record", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the call to this file as a test for `ivr test`; only made-up telephone numbers, addresses and case numbers.")
@click.option("--json", "as_json", is_flag=True, help="One object a turn, then the ledger and the end.")
def call(bundle: Path, line: str | None, lang: str | None, at: datetime | None, caller: str, wavs: tuple[Path, ...], tty: bool,
         record: Path | None, as_json: bool) -> int:
    """Call BUNDLE from the terminal; nothing is left behind.

    One input a line on standard input: text is speech, /keys 1# presses, /wait stays silent, /email ADDRESS types an
    address, /hangup ends; the end of the input hangs up. With --wav text is spoken by a voice and really recognised, and
    /wav FILE speaks another recording. With --tty GA is added to what you type, and the answer is what a text telephone shows.
    """
    if wavs and tty:
        raise click.UsageError("--wav and --tty are two ways to call: a recording is spoken, a text telephone types")
    logs.configure("error")
    if wavs:
        from ivr.demo.audio_call import audio_call

        manager: Any = audio_call(bundle, line=line or "main", language=lang, at=at, caller=caller, wavs=wavs)
    elif tty:
        from ivr.demo.tone_call import tone_call

        manager = tone_call(bundle, line=line, language=lang, at=at, caller=caller)
    else:
        manager = terminal_call(bundle, line=line or "main", language=lang, at=at, caller=caller)
    show = _show_json if as_json else _show
    with manager as one:
        show(one.begin())
        for text in chain((f"/wav {path}" for path in wavs), _inputs()):
            if one.over:
                break
            turn = one.take(text)
            if "error" in turn:
                click.echo(turn["error"], err=True)
                return 2
            show(turn)
        one.end()
        result = one.result()
        if record:
            from ivr.demo.record import write_transcript

            write_transcript(one, record)
    click.echo(json.dumps(result, ensure_ascii=False)) if as_json else _show_result(result)
    return 0


def _inputs() -> Any:
    while True:
        if sys.stdin.isatty():
            sys.stderr.write("> ")
            sys.stderr.flush()
        text = sys.stdin.readline()
        if not text:
            return
        if text.strip():
            yield text.strip()


def _show_json(turn: dict[str, Any]) -> None:
    click.echo(json.dumps(turn, ensure_ascii=False))


def _show(turn: dict[str, Any]) -> None:
    caller = turn["caller"]
    if caller:
        what = caller.get("said") or (caller.get("keys") and f"[keys {caller['keys']}]") or f"[{next(iter(caller))}]"
        click.echo(f"caller  {what}")
    if turn.get("heard") and turn["heard"] != (caller or {}).get("said"):
        click.echo(f"heard   {turn['heard']}")
    if turn["understood"]:
        best = turn["understood"]
        click.echo(f"        = {best['intent']} ({best['probability']:.2f})")
    for spoken in turn["system"]:
        click.echo(f"system  {spoken['text']}")
    if turn["queue"]:
        click.echo(f"        (waiting in queue {turn['queue']})")


def _show_result(result: dict[str, Any]) -> None:
    ledger = result["ledger"]
    click.echo(f"-- end: {result['end']}")
    for sms in ledger["sms"]:
        click.echo(f"-- text to {sms['to']}: {sms['body']}")
    for mail in ledger["emails"]:
        click.echo(f"-- email to {mail['to']}: {mail['subject']}")
    for row in ledger["promises"]:
        click.echo(f"-- {row['kind']} {row['reference']}, due by {row['due_by']}, to {', '.join(row['numbers'])}")
    for entry in ledger["queue"]:
        click.echo(f"-- queue {entry['queue']}")

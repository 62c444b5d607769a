"""`tty`: the same call from a text telephone. Pure.

The same prompts, in written words: lines of at most 60 characters, the prompt's own TTY words where it has them, no fact
in its spoken form. What the caller says is typed: in capitals, without accents, with a GA behind it (see `Call.say`).
"""

from __future__ import annotations

import dataclasses

from ivr.dialog import actions as act
from ivr.dialog.render import prompt_of
from ivr.flow.model import Bundle
from ivr.transcripts.call import Call
from ivr.transcripts.ways import Asked, AsWritten, NotApplicable, Start, way

WIDTH = 60
"""Characters of a TTY line: about twelve seconds at 45.45 baud."""


@way
class Tty(AsWritten):
    name = "tty"

    def begin(self, asked: Asked, start: Start) -> Start:
        if start.channel == "tty":
            raise NotApplicable("the test calls the TTY line already")
        lines = asked.bundle.lines
        flow = lines[start.line].flow
        line = next((x.name for x in lines.values() if x.channel == "tty" and x.flow == flow), start.line)
        return dataclasses.replace(start, line=line, channel="tty")

    def faults(self, asked: Asked, call: Call) -> list[str]:
        return [fault for say in dict.fromkeys(call.said()) for fault in _faults(asked.bundle, say)]


def _faults(bundle: Bundle, say: act.Say) -> list[str]:
    found = [f'{say.key}: a TTY line of {len(line)} characters, at most {WIDTH}: "{line}"' for line in say.text.splitlines()
             if len(line) > WIDTH]
    variants = prompt_of(bundle, say.key, say.language).variants
    template = variants.get("tty") or variants.get("chat") or variants.get("voice", "")
    flat = " ".join(say.text.split())
    for name, fact in bundle.facts.items():
        spoken, written = fact.words(say.language, spoken=True), fact.words(say.language, spoken=False)
        if f"{{fact.{name}}}" in template and spoken != written and spoken in flat and written not in flat:
            found.append(f'{say.key}: fact {name} is written as it is spoken, "{spoken}"')
    return found

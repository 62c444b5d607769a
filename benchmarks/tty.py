"""Text telephones: how well ours reads, next to minimodem and spandsp, what it takes for a text telephone by mistake, and its CPU.

    nice -n 15 python benchmarks/tty.py [--quick] [--hours H] [--json OUT]

Every row is the same sound for all readers: text through a sender, one impairment, mu-law. Character error rates count
characters that are wrong, missing or too many. The peers are told the speed and never have to find it; *minimodem* is its
`tdd` mode as packaged, *minimodem, TIA* asks it for bits with one stop bit and looks them up in the right table.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "data")]

import fetch_asterisk  # noqa: E402
import jiwer  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.parts import figures, tty_channel, tty_peers, tty_sounds  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.tty_channel import Condition, both, clean, echo, level, loss, noise, shift, through, twist  # noqa: E402
from ivr.telephony.baudot import CharacterReceived, Receiver, TtyDetector, transmit  # noqa: E402

TEXTS = (
    "HELLO I AM CALLING ABOUT MY CASE THE RECEIPT NUMBER IS EAC9012345678 GA",
    "MY DATE OF BIRTH IS 4/12/1979 AND I LIVE AT 1600 MAIN ST APT 4B GA",
    "PLS TELL ME WHEN MY APPOINTMENT IS Q I GOT A LETTER LAST WEEK BUT I LOST IT GA",
    "UR OFFICE SENT ME A NOTICE ABOUT FINGERPRINTS WHAT SHLD I BRING Q GA",
    "YES THAT IS RIGHT. MY PHONE IS (555) 123-4567, EMAIL IS J.SMITH, THX GA",
    "HOLA QUIERO SABER EL ESTADO DE MI SOLICITUD DE TRABAJO POR FAVOR GA",
    "CAN I CHANGE MY ADDRESS ONLINE OR DO I NEED TO MAIL A FORM TO YOU? GA",
    "I ALREADY PAID $85 AND $410 IN MARCH. IS THERE ANOTHER FEE Q GA",
    "OK TNX BYE GA TO SK SKSK",
    "THE WEATHER IN CHICAGO WAS BAD SO MY FLIGHT WAS LATE AND I MISSED THE INTERVIEW HOW DO I RESCHEDULE IT Q GA",
    "ME LLAMO JUAN OCHOA Y MI NUMERO ES A 204 118 937, VIVO EN EL PASO TEXAS GA",
    "4071 8829 CALL BACK AT 6:30 OR 7:15 - ROOM 12 (2ND FLOOR) GA",
)


def _gsm(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return tty_peers.gsm(np.clip(np.rint(x), -32768, 32767).astype(np.int16)).astype(float)


def conditions() -> list[Condition]:
    rows = [Condition("clean, 2 stop bits", clean, stop_bits=2.0, target=0), Condition("clean, 1.5 stop bits", clean, target=0),
            Condition("clean, 1 stop bit", clean, stop_bits=1.0, target=0), Condition("50 baud", clean, baud=50.0, target=0)]
    rows += [Condition(f"noise, SNR {db:+d} dB", noise(db), target={-6: 1.0, -8: 3.0}.get(db)) for db in (6, 0, -4, -6, -8)]
    rows += [Condition(f"level {dbm0} dBm0", level(dbm0), target=0) for dbm0 in (-36, -42)]
    rows += [Condition(f"clock {100 * c:+.0f} %", clean, baud=45.45 / (1 + c), target=0) for c in (-0.02, -0.01, 0.01, 0.02)]
    rows += [Condition(f"both tones {hz:+d} Hz", shift(hz), target=0) for hz in (-40, -20, 20, 40)]
    rows += [Condition(f"mark {db:+d} dB against space", twist(db), target=0) for db in (-10, -6, 6, 10)]
    rows += [Condition("echo 120 ms, -10 dB", echo(120, -10)), Condition("echo 30 ms, -6 dB", echo(30, -6))]
    rows += [Condition(f"{100 * share:.0f} % of frames lost, {how}", loss(share, how), target=target)
             for how, share, target in (("silence", 0.01, None), ("silence", 0.03, 1.0), ("repeat", 0.01, None), ("repeat", 0.03, 5.0),
                                        ("repeat", 0.05, None))]
    rows.append(Condition("3 % lost, repeat, SNR 10 dB", both(noise(10), loss(0.03, "repeat"))))
    return [*rows, Condition("GSM full rate", _gsm)] if tty_peers.spandsp() else rows


def ours(samples: np.ndarray) -> str:
    receiver, events = Receiver(), []
    for at in range(0, samples.size - 159, 160):
        events += receiver.feed(samples[at:at + 160])
    return "".join(e.text for e in (*events, *receiver.flush()) if isinstance(e, CharacterReceived))


@dataclass(slots=True)
class Reader:
    name: str
    read: Callable[[np.ndarray, float], str]
    missing: str = ""
    """Why it cannot be asked here."""


def readers() -> list[Reader]:
    none, library = tty_peers.minimodem() is None, tty_peers.spandsp() is None
    return [Reader("ours", lambda x, baud: ours(x)),
            Reader("minimodem", lambda x, baud: tty_peers.minimodem_reads(x), "not installed" if none else ""),
            Reader("minimodem, TIA", lambda x, baud: tty_peers.minimodem_reads(x, baud=50.0 if baud == 50 else 45.45, tia=True),
                   "not installed" if none else ""),
            Reader("spandsp", lambda x, baud: tty_peers.spandsp_reads(x, baud=50.0 if baud == 50 else 45.45),
                   "not installed" if library else "")]


def errors(condition: Condition, reader: Reader, rounds: int, sender: Callable[[str], np.ndarray] | None = None) -> float:
    """Character error rate in %."""
    wanted, got = [], []
    for round_ in range(rounds):
        for i, text in enumerate(TEXTS):
            sound = sender(text) if sender else transmit(text, baud=condition.baud, stop_bits=condition.stop_bits)
            wanted.append(text)
            got.append(reader.read(through(sound, condition.channel, 1000 * round_ + i), condition.baud))
    return 100 * float(jiwer.process_characters(wanted, got).cer)


def compared(rounds: int) -> list[dict[str, object]]:
    """A row for each condition and sender: what each reader got wrong."""
    todo: list[tuple[str, Condition, Callable[[str], np.ndarray] | None]] = [(c.name, c, None) for c in conditions()]
    for name, sender in (("minimodem", tty_peers.minimodem_sends if tty_peers.minimodem() else None),
                         ("spandsp", tty_peers.spandsp_sends if tty_peers.spandsp() else None)):
        if sender is not None:
            todo += [(f"sent by {name}: {c.name}", c, sender) for c in conditions()
                     if c.name in ("clean, 2 stop bits", "noise, SNR -6 dB", "3 % of frames lost, repeat")]
    rows = []
    for name, condition, sender in todo:
        row: dict[str, object] = {"character errors, %": name}
        for reader in readers():
            row[reader.name] = reader.missing or round(errors(condition, reader, rounds, sender), 2)
        rows.append(row)
        print("  ".join(str(v) for v in row.values()), flush=True)
    return rows


def scores(rows: list[dict[str, object]]) -> list[Figure]:
    """The targets, out of the compared rows. Pure."""
    targets = {c.name: c.target for c in conditions()}
    out, behind = [], 0
    for row in rows:
        name, own = str(row["character errors, %"]), float(str(row["ours"]))
        peers = [v for k, v in row.items() if k not in ("character errors, %", "ours") and isinstance(v, float)]
        behind += bool(peers) and own > min(peers)
        if targets.get(name) is not None:
            out.append(Figure(f"character errors, {name}", own, "%", targets[name]))
    out.append(Figure("rows of the table in which a peer reads better", behind, "", 0))
    plain = next(row for row in rows if row["character errors, %"] == "clean, 2 stop bits")
    for peer in ("minimodem", "minimodem, TIA", "spandsp"):
        if isinstance(plain[peer], float):
            out.append(Figure(f"our transmitter, read by {peer}", float(str(plain[peer])), "%", 0))
    return out


def recognition(rounds: int) -> list[Figure]:
    """From the first start bit until the detector is certain."""
    out = []
    for name, channel, target in (("clean", clean, 500.0), ("SNR +6 dB", noise(6), 500.0), ("SNR 0 dB", noise(0), None)):
        late, missed = [], 0
        for i, text in enumerate([*TEXTS, " ", "A", "HELLO GA", "555"] * rounds):
            edge = 4000 + int(np.random.default_rng(i).integers(0, 160))
            at = recognised_ms(through(transmit(text, stop_bits=1.5), channel, i))
            missed += at is None
            late += [] if at is None else [at - edge / 8 - 150]
        out += [Figure(f"recognised after the first start bit, {name}, longest", max(late), "ms", target),
                Figure(f"calls in which it was not recognised, {name}", missed, "", 0 if target else None)]
    return out


def recognised_ms(samples: np.ndarray) -> int | None:
    detector = TtyDetector()
    for at in range(0, samples.size - 159, 160):
        if detector.feed(samples[at:at + 160]):
            return at // 8 + 20
    return None


def sentences() -> list[str]:
    pages = [(ROOT / f"prompts/uscis/{language}.yaml").read_text() for language in ("en", "es")]
    return [text for page in pages for text in re.findall(r'voice: "(.+)"', page)]


def other_sounds(hours: float) -> Iterator[tuple[str, Iterator[np.ndarray]]]:
    """About a third speech, a quarter music, the rest keys, tones and noise."""
    try:
        clips = [path for language in ("en", "es") for path in fetch_asterisk.clips(fetch_asterisk.fetch(), language).values()]
    except fetch_asterisk.NotFetched:
        clips = []
    every = max(1, round(10 / hours)) if hours < 10 else 1
    yield "recorded speech", tty_sounds.recorded(clips[::every])
    second = 3600 * hours
    yield "synthetic speech", tty_sounds.spoken(sentences(), 0.28 * second)
    yield "music", tty_sounds.music(0.26 * second)
    yield "keys", tty_sounds.keys(0.08 * second)
    yield "fax, modems, call progress, whistles", tty_sounds.tones(0.16 * second)
    yield "noise", tty_sounds.noises(0.12 * second)


def false_switches(hours: float) -> tuple[list[Figure], dict[str, float]]:
    found, heard, cpu = 0, {}, {}
    for kind, sounds in other_sounds(hours):
        frames, begun = 0, 0.0
        for sound in sounds:
            started = time.process_time()
            found += recognised_ms(sound) is not None
            begun += time.process_time() - started
            frames += sound.size // 160
        heard[kind], cpu[kind] = round(frames / 180000, 3), begun / max(frames, 1) * 1e6
        print(f"{kind}: {heard[kind]:.2f} h, {found} false switches so far", flush=True)
    total = sum(heard.values())
    return [Figure("false switches", found, "", 0), Figure("hours of other sounds", total, "h", 10 if hours >= 10 else None, at_least=True),
            *(Figure(f"detector: a frame of {kind}", value, "us") for kind, value in cpu.items())], heard


def cost() -> list[Figure]:
    """CPU of a frame, by what is on the line. The target is for a call: it goes one way at a time, so nobody types without pause."""
    rng = np.random.default_rng(1)
    typed = through(np.concatenate([transmit(t, stop_bits=1.5) for t in TEXTS]), noise(20), 1)
    quiet = rng.normal(0, 40, typed.size).astype(np.int16)
    call = np.concatenate([typed, quiet])
    out = {"a quiet line": _us(quiet), "somebody types without pause": _us(typed), "a call, half of it typed": _us(call)}
    return [Figure(f"receiver: a frame, {name}", value, "us", None if "without" in name else 60) for name, value in out.items()]


def _us(samples: np.ndarray) -> float:
    frames = [samples[at:at + 160] for at in range(0, samples.size - 159, 160)]
    spent = []
    for _ in range(3):
        receiver = Receiver()
        started = time.process_time()
        for frame in frames:
            receiver.feed(frame)
        spent.append((time.process_time() - started) / len(frames) * 1e6)
    return min(spent)


def main() -> int:
    parser = figures.options("Text telephones: reading, recognising, cost.")
    parser.add_argument("--hours", type=float, default=0.0, help="of other sounds (10; quick: 0.5)")
    options = parser.parse_args()
    rounds, hours = (1, options.hours or 0.5) if options.quick else (3, options.hours or 10.5)
    rows = compared(rounds)
    switches, heard = false_switches(hours)
    table = [*scores(rows), *recognition(1 if options.quick else 3), *switches, *cost()]
    figures.show("Text telephones", table)
    characters = rounds * sum(len(text) for text in TEXTS)
    figures.save("tty", table, options.json, quick=options.quick,
                 details={"kinds": rows, "characters_a_row": characters, "hours": heard, "band_hz": [300, 3400],
                          "frame_ms": 1000 * tty_channel.FRAME / tty_channel.RATE})
    return 0 if all(f.met is not False for f in table) else 1


if __name__ == "__main__":
    sys.exit(main())

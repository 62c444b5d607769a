"""Which recordings the recognition benchmark scores, chosen by rule and never by what a recogniser made of them.

    python benchmarks/recognition_clips.py        writes clips_en.txt, clips_es.txt and set_aside_es.txt beside this file

A clip counts when
 1. it has a transcript without markup ([beep], (tono), <...>, quotes, slashes, ellipses, words with digits inside);
 2. it is no digit, letter, phonetic or silence file, no `tt-` joke and no `spy-` protocol name;
 3. it lasts 0.8 to 7 s and its transcript has two words or more;
 4. its speech (voice detector) and its transcript can belong together: 7 to 22 letters for each second of speech.
    The Spanish transcripts are known to differ from the audio in places; this finds gross differences only;
 5. it is not a Spanish transcript with "marque <digit>": the talent says "marque el número <digit>" there. This alone
    was learnt from what the recogniser wrote (in 12 of 21 clips the same two extra words), so these clips are kept in
    set_aside_es.txt and the benchmark prints the error rate with them too;
 6. no earlier clip has the same words.
Other Spanish transcripts differ from the audio too (a "no hay mensajes" is spoken as "no hay más mensajes"); they stay in,
as they can be told by the recogniser's output only.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "data")]

import fetch_asterisk  # noqa: E402

from ivr.speech import mulaw  # noqa: E402
from ivr.speech.listener import CallListener, UtteranceEnded  # noqa: E402
from ivr.speech.wav import read_wav  # noqa: E402

_MARKUP = re.compile(r"[#\[\](){}<>\"*/_=+…]|\.\.|[^\W\d_]+\d|\d+[^\W\d_]")
_SPOKEN_OTHERWISE = re.compile(r"\bmarque \d", re.I)
_NOT_SENTENCES = ("digits/", "letters/", "phonetic/", "silence/", "tt-", "spy-")


def listed(language: str) -> list[str]:
    """The committed list."""
    return (HERE / f"clips_{language}.txt").read_text("utf-8").split()


def set_aside(language: str) -> list[str]:
    """Clips left out by rule 5 alone."""
    path = HERE / f"set_aside_{language}.txt"
    return path.read_text("utf-8").split() if path.exists() else []


def choose(language: str, folder: Path) -> list[str]:
    """Clips that pass every rule but the fifth."""
    words, files = fetch_asterisk.transcripts(folder, language), fetch_asterisk.clips(folder, language)
    chosen, seen = [], set()
    for name in sorted(words.keys() & files.keys()):
        key = " ".join(re.findall(r"\w+", words[name].lower()))
        if not _plain(name, words[name]) or key in seen or not _belongs(files[name], words[name]):
            continue
        seen.add(key)
        chosen.append(name)
    return chosen


def _plain(name: str, words: str) -> bool:
    return not name.startswith(_NOT_SENTENCES) and not _MARKUP.search(words) and len(words.split()) >= 2


def _belongs(path: Path, words: str) -> bool:
    audio = read_wav(path.read_bytes())
    if not 0.8 <= audio.seconds <= 7.0:
        return False
    listener = CallListener(end_silence_ms=1000)
    heard = listener.feed(mulaw.encode(audio.samples)) + listener.flush()
    speech_s = sum(e.speech_ms for e in heard if isinstance(e, UtteranceEnded)) / 1000
    letters = len(re.findall(r"[^\W\d_]", words)) + 4 * len(re.findall(r"\d", words))
    return speech_s > 0 and 7 <= letters / speech_s <= 22


if __name__ == "__main__":
    root = fetch_asterisk.fetch()
    for code in ("en", "es"):
        texts = fetch_asterisk.transcripts(root, code)
        names = choose(code, root)
        aside = [n for n in names if code == "es" and _SPOKEN_OTHERWISE.search(texts[n])]
        names = [n for n in names if n not in aside]
        (HERE / f"clips_{code}.txt").write_text("\n".join(names) + "\n", "utf-8")
        if aside:
            (HERE / f"set_aside_{code}.txt").write_text("\n".join(aside) + "\n", "utf-8")
        print(f"{code}: {len(names)} clips, {len(aside)} set aside")

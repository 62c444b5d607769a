"""The other text-telephone modems of the benchmark, from Debian's packages: minimodem (a program) and spandsp (a library).

Both send and receive. `minimodem` as packaged is *stock*; *with the TIA table* it prints bits, one stop bit is enough for it and
we look the codes up. spandsp's receiver is the one for Annex A of V.18. Called by benchmarks/tty.py and tests.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from ivr.speech.wav import read_wav, write_pcm16
from ivr.telephony.baudot.table import FIGS, LINE_FEED, LTRS, RETURN, meaning

FRAME = 160
_PUT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint8), ctypes.c_int)
_MODES = {45.45: 1, 50.0: 2}


def minimodem() -> str | None:
    """The program, if it is installed (Debian package minimodem)."""
    return shutil.which("minimodem")


@lru_cache(maxsize=1)
def spandsp() -> ctypes.CDLL | None:
    """The library, if it is installed (Debian package libspandsp2)."""
    try:
        library = ctypes.CDLL("libspandsp.so.2")
    except OSError:
        return None
    library.v18_init.restype = library.gsm0610_init.restype = ctypes.c_void_p
    library.v18_init.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, _PUT, ctypes.c_void_p]
    for name in ("v18_rx", "v18_tx"):
        getattr(library, name).argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    library.v18_put.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    library.v18_free.argtypes = library.gsm0610_free.argtypes = [ctypes.c_void_p]
    library.gsm0610_init.argtypes = [ctypes.c_void_p, ctypes.c_int]
    for name in ("gsm0610_encode", "gsm0610_decode"):
        getattr(library, name).argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    return library


def minimodem_reads(samples: np.ndarray, *, baud: float = 45.45, tia: bool = False) -> str:
    """What minimodem makes of int16 samples; with `tia` its bits are looked up in the table of text telephones."""
    how = ["tdd"] if not tia else ["--stopbits", "1", "--binary-output", "--baudot", "-M", "1400", "-S", "1800", f"{baud:g}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.wav"
        path.write_bytes(write_pcm16(samples.astype(np.float32) / 32768.0))
        out = subprocess.run(["minimodem", "--rx", "-q", "-f", str(path), *how], capture_output=True, check=False).stdout
    if not tia:
        return out.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in out.decode("latin-1").split() if len(line) == 5 and set(line) <= {"0", "1"}]
    return text_of([int(line[::-1], 2) for line in lines])


def minimodem_sends(text: str) -> np.ndarray:
    """Word by word: in a line minimodem leaves the shift out after figures and a space, which no text telephone does."""
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.wav"
        words = text.split(" ")
        for i, word in enumerate(words):
            sent = word if i == len(words) - 1 else word + " "
            subprocess.run(["minimodem", "--tx", "tdd", "-R", "8000", "-f", str(path)], input=sent.encode(), check=True,
                           capture_output=True)
            parts.append(np.rint(read_wav(path.read_bytes()).samples * 0.14 * 32767).astype(np.int16))
    return np.concatenate(parts)


def spandsp_reads(samples: np.ndarray, *, baud: float = 45.45) -> str:
    """What spandsp's V.18 receiver makes of int16 samples. It tells its text late, so silence follows."""
    library, out = spandsp(), []
    assert library is not None
    told = _PUT(lambda _, message, length: out.append(bytes(message[:length])))
    state = library.v18_init(None, 0, _MODES[baud if baud in _MODES else 45.45], told, None)
    line = np.concatenate([samples, np.zeros(10 * 8000, np.int16)])
    for at in range(0, line.size - FRAME + 1, FRAME):
        frame = np.ascontiguousarray(line[at:at + FRAME])
        library.v18_rx(state, frame.ctypes.data, FRAME)
    library.v18_free(state)
    return b"".join(out).decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")


def spandsp_sends(text: str, *, baud: float = 45.45) -> np.ndarray:
    library, told = spandsp(), _PUT(lambda *_: None)
    assert library is not None
    state = library.v18_init(None, 1, _MODES[baud], told, None)
    data = text.encode("ascii")
    library.v18_put(state, data, len(data))
    frames = []
    for _ in range(int((len(data) * 3 * 8 / baud + 2) * 50)):
        frame = np.zeros(FRAME, np.int16)
        library.v18_tx(state, frame.ctypes.data, FRAME)
        frames.append(frame)
    library.v18_free(state)
    sound = np.concatenate(frames)
    return sound[:int(np.flatnonzero(sound)[-1]) + 1]


def gsm(samples: np.ndarray) -> np.ndarray:
    """Through the full-rate codec of GSM (06.10) and back, with spandsp's."""
    library = spandsp()
    assert library is not None
    coder, decoder = library.gsm0610_init(None, 0), library.gsm0610_init(None, 0)
    out = []
    for at in range(0, samples.size - FRAME + 1, FRAME):
        frame = np.ascontiguousarray(samples[at:at + FRAME])
        code, back = np.zeros(100, np.uint8), np.zeros(FRAME, np.int16)
        length = library.gsm0610_encode(coder, code.ctypes.data, frame.ctypes.data, FRAME)
        library.gsm0610_decode(decoder, back.ctypes.data, code.ctypes.data, length)
        out.append(back)
    library.gsm0610_free(coder)
    library.gsm0610_free(decoder)
    return np.concatenate(out)


def text_of(codes: list[int]) -> str:
    """Codes as a plain receiver reads them: latched shift, letters first."""
    shift, out = LTRS, []
    for code in codes:
        if code in (LTRS, FIGS):
            shift = code
        elif code == LINE_FEED:
            continue
        else:
            out.append("\n" if code == RETURN else meaning(code, shift))
    return "".join(out)

"""Two other modems read ours and are read by us: what we call Baudot is not only our own idea of it."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import tty as benchmark
from benchmarks.parts import tty_peers
from benchmarks.parts.tty_channel import clean, through
from ivr.telephony.baudot import transmit

with_minimodem = pytest.mark.skipif(tty_peers.minimodem() is None, reason="minimodem is not installed (Debian package minimodem)")
with_spandsp = pytest.mark.skipif(tty_peers.spandsp() is None, reason="spandsp is not installed (Debian package libspandsp2)")
TEXT = "HELLO, MY NUMBER IS 4071 8829 (ROOM 12) GA"


def quiet(samples: np.ndarray) -> np.ndarray:
    return through(samples, clean, 1)


@with_minimodem
def test_minimodem_reads_what_we_send() -> None:
    assert tty_peers.minimodem_reads(quiet(transmit(TEXT))) == TEXT
    assert tty_peers.minimodem_reads(quiet(transmit(TEXT, stop_bits=1.5)), tia=True) == TEXT


@with_minimodem
def test_we_read_what_minimodem_sends() -> None:
    assert benchmark.ours(quiet(tty_peers.minimodem_sends("HELLO 4071 GA"))) == "HELLO 4071 GA"


@with_spandsp
@pytest.mark.parametrize("baud", [45.45, 50.0])
def test_spandsp_reads_what_we_send(baud: float) -> None:
    assert tty_peers.spandsp_reads(quiet(transmit(TEXT, baud=baud)), baud=baud) == TEXT


@with_spandsp
@pytest.mark.parametrize("baud", [45.45, 50.0])
def test_we_read_what_spandsp_sends(baud: float) -> None:
    assert benchmark.ours(quiet(tty_peers.spandsp_sends(TEXT, baud=baud))) == TEXT


def test_the_table_counts_rows_in_which_a_peer_is_better() -> None:
    rows = [{"character errors, %": "clean, 2 stop bits", "ours": 0.0, "minimodem": 0.0, "minimodem, TIA": 0.0, "spandsp": "not installed"},
            {"character errors, %": "noise, SNR -6 dB", "ours": 0.9, "minimodem": 20.0, "minimodem, TIA": 0.5, "spandsp": 100.0}]
    table = {f.what: f for f in benchmark.scores(rows)}
    assert table["rows of the table in which a peer reads better"].value == 1
    assert table["character errors, noise, SNR -6 dB"].met is True
    assert "our transmitter, read by spandsp" not in table

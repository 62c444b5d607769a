"""Many callers on Media Streams at once. A process of its own: `python -m benchmarks.parts.stream_load`.

Reads one job (JSON) a line, answers with one line of figures. Each stream sends a frame of faint noise every 20 ms, spread
evenly over those 20 ms, at absolute times. In the middle of the measurement each presses `*` once (say it again) and
takes the time to the first audio; against the echo server the time from a frame to its echo is taken instead.
Frames are masked with zeros, which the protocol allows and which costs the generator nothing.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import uvloop

from benchmarks.parts.server_process import ACCOUNT, GENERATOR_CORE, PUBLIC_URL, TOKEN, pin
from benchmarks.parts.webhook_walk import Signer, call_sid
from ivr.speech import mulaw
from ivr.telephony.signature import sign_form

SLOTS = 20
FRAME_S = 0.020
NOISE_RMS = 0.005
"""-46 dBFS: above the gate below which tones are not even looked for, so that all of a frame's work is done."""
SETTLE_S = 1.5
ASKED_A_SECOND = 10
"""More than callers of a hundred calls press in a second; each answer costs a turn and a prompt."""
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


def noise_payloads(count: int = 50) -> list[str]:
    generator = np.random.default_rng(7)
    return [base64.b64encode(mulaw.encode(generator.normal(0, NOISE_RMS, 160))).decode() for _ in range(count)]


class Stream(asyncio.Protocol):
    """A minimal WebSocket client: text frames out, bytes in."""

    def __init__(self, upgrade: bytes, hello: Sequence[str]):
        self._upgrade, self._hello = upgrade, hello
        self.opened = asyncio.get_running_loop().create_future()
        self.chunk = 0
        self.asked_at = 0.0
        self._asks = False
        self.waited_ms: list[float] = []
        self.closed = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(self._upgrade)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            if b" 101 " not in data:
                self.opened.set_exception(SystemExit(f"error: no upgrade: {data[:80]!r}"))
                return
            for text in self._hello:
                self.send(text)
            self.opened.set_result(None)
        elif self.asked_at and b'"payload"' in data:
            self.waited_ms.append(1000 * (time.perf_counter() - self.asked_at))
            self.asked_at = 0.0

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True

    def send(self, text: str) -> None:
        body = text.encode()
        size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        self._transport.write(b"\x81" + size + b"\0\0\0\0" + body)

    def speak(self, payload: str) -> None:
        self.chunk += 1
        if self._asks:
            self._asks, self.asked_at = False, time.perf_counter()
        self.send(f'{{"event":"media","sequenceNumber":"{self.chunk}","streamSid":"MZ1","media":{{"track":"inbound",'
                  f'"chunk":"{self.chunk}","timestamp":"{self.chunk * 20}","payload":"{payload}"}}}}')

    def ask(self, text: str = "") -> None:
        """Time the answer to this message, or to the next frame where there is none."""
        self._asks = not text
        if text:
            self.asked_at = time.perf_counter()
            self.send(text)

    def close(self) -> None:
        self.send('{"event":"stop","streamSid":"MZ1","stop":{}}')
        self._transport.close()


async def open_stream(port: int, call: str, token: str) -> Stream:
    media = PUBLIC_URL.replace("https", "wss") + "/media"
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = (f"GET /media HTTP/1.1\r\nHost: ivr.example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
               f"X-Twilio-Signature: {sign_form(TOKEN, media)}\r\n\r\n").encode()
    start = {"event": "start", "streamSid": "MZ1", "start": {
        "streamSid": "MZ1", "callSid": call, "accountSid": ACCOUNT, "customParameters": {"token": token},
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}}
    hello = ['{"event":"connected","protocol":"Call","version":"1.0.0"}', json.dumps(start)]
    _, stream = await asyncio.get_running_loop().create_connection(lambda: Stream(upgrade, hello), "127.0.0.1", port)
    await asyncio.wait_for(stream.opened, 20)
    return stream


def token_for(port: int, call: str) -> str:
    """Ring through the real voice webhook, as the carrier does, and take the token out of its TwiML."""
    request = Signer(ACCOUNT, TOKEN, PUBLIC_URL).started(call)
    head, _, body = request.partition(b"\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    text = _ask(port, "POST", "/voice", body, lines)
    found = _TOKEN.search(text)
    if found is None:
        raise SystemExit(f"error: the voice webhook opened no stream: {text[:200]}")
    return found.group(1)


def _ask(port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, urlsplit(path).path, body, headers or {})
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def cpu_and_rss(pid: int) -> tuple[float, float]:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def perform(job: dict[str, Any]) -> dict[str, Any]:
    """One step: open `streams`, settle, measure for `seconds`, close."""
    port, ours = job["port"], job["what"] == "ours"
    streams = []
    for n in range(job["streams"]):
        call = call_sid(job["group"], n)
        token = await asyncio.to_thread(token_for, port, call) if ours else "none"
        streams.append(await open_stream(port, call, token))
    talk = asyncio.create_task(_talk(streams, noise_payloads()))
    await asyncio.sleep(SETTLE_S)
    await asyncio.to_thread(_ask, port, "GET", "/bench/loop")
    sent, (cpu, _) = sum(s.chunk for s in streams), cpu_and_rss(job["pid"])
    await _ask_each(streams, job["seconds"], '{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"*"}}' if ours else "")
    (cpu_after, rss), frames = cpu_and_rss(job["pid"]), sum(s.chunk for s in streams) - sent
    late = json.loads(await asyncio.to_thread(_ask, port, "GET", "/bench/loop"))
    talk.cancel()
    lost = sum(s.closed for s in streams)
    for stream in streams:
        stream.close()
    await asyncio.sleep(0.5)
    return {"streams": len(streams), "late_ms": late, "waited_ms": [w for s in streams for w in s.waited_ms], "lost": lost,
            "cpu_us_per_frame": 1e6 * (cpu_after - cpu) / max(1, frames), "rss_mb": rss, "frames": frames,
            "frames_due": round(50 * job["seconds"] * len(streams)), "cores": (cpu_after - cpu) / job["seconds"]}


async def _ask_each(streams: Sequence[Stream], seconds: float, key: str) -> None:
    """Ask one stream after the other, evenly over four fifths of the time; the rest is for the last answers."""
    begun = time.perf_counter()
    asked = streams[:max(1, int(ASKED_A_SECOND * seconds))]
    for n, stream in enumerate(asked):
        await asyncio.sleep(max(0.0, begun + 0.8 * seconds * n / len(asked) - time.perf_counter()))
        stream.ask(key)
    await asyncio.sleep(max(0.0, begun + seconds - time.perf_counter()))


async def _talk(streams: Sequence[Stream], payloads: Sequence[str]) -> None:
    begun, slot = time.perf_counter(), 0
    while True:
        for stream in streams[slot % SLOTS::SLOTS]:
            stream.speak(payloads[stream.chunk % len(payloads)])
        slot += 1
        await asyncio.sleep(max(0.0, begun + slot * FRAME_S / SLOTS - time.perf_counter()))


def main() -> None:
    pin(GENERATOR_CORE)
    for line in sys.stdin:
        print(json.dumps(uvloop.run(perform(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()

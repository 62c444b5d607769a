"""Callers and members of staff who talk, two sockets a conversation. A process of its own: `python -m benchmarks.parts.bridge_load`.

Each side sends 20 ms of sound every 20 ms, all of them spread evenly over those 20 ms. The first bytes of each frame are the time at
which it was sent, which a bridge that leaves the sound alone brings to the other side: mouth to ear without the mouth and the ear.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import struct
import sys
import time
from typing import Any

import orjson
import uvloop
from websockets.asyncio.client import connect

from benchmarks.parts.server_process import ACCOUNT, GENERATOR_CORE, PUBLIC_URL, TOKEN, pin
from benchmarks.parts.stream_load import cpu_and_rss
from ivr.telephony.signature import sign_form

FRAME_S, SETTLE_S = 0.020, 2.0
REST = b"\xff" * 152
STAMP = struct.Struct("<q")


def frame() -> bytes:
    return STAMP.pack(time.perf_counter_ns()) + REST


def delay_ms(payload: bytes) -> float:
    return (time.perf_counter_ns() - STAMP.unpack(payload[:8])[0]) / 1e6


class Pair:
    """One conversation."""

    def __init__(self) -> None:
        self.to_agent_ms: list[float] = []
        self.to_caller_ms: list[float] = []
        self.talking = asyncio.Event()

    async def open(self, port: int, shown: dict[str, str]) -> None:
        media = PUBLIC_URL.replace("https", "wss") + "/media"
        self.agent = await connect(f"ws://127.0.0.1:{port}/agent/socket", origin=PUBLIC_URL,  # type: ignore[arg-type]
                                   additional_headers={"Cookie": shown["cookie"]}, compression=None)
        await self.agent.send('{"type":"hello","audio":true}')
        await self.agent.send('{"type":"ready"}')
        self.caller = await connect(f"ws://127.0.0.1:{port}/media", additional_headers={"X-Twilio-Signature": sign_form(TOKEN, media)},
                                    compression=None)
        start = {"streamSid": "MZ1", "callSid": shown["call"], "accountSid": ACCOUNT, "customParameters": {"token": shown["token"]},
                 "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}
        await self.caller.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        await self.caller.send(json.dumps({"event": "start", "streamSid": "MZ1", "start": start}))
        self._tasks = [asyncio.create_task(t) for t in (self._at_agent(), self._at_caller())]

    async def _at_agent(self) -> None:
        async for message in self.agent:
            if isinstance(message, bytes):
                self.to_agent_ms.append(delay_ms(message))
            elif '"offer"' in message:
                await self.agent.send('{"type":"answer"}')
            elif '"caller"' in message:
                self.talking.set()

    async def _at_caller(self) -> None:
        async for message in self.caller:
            said = orjson.loads(message)
            if said["event"] == "media" and self.talking.is_set():
                payload = base64.b64decode(said["media"]["payload"])
                if len(payload) == 160:
                    self.to_caller_ms.append(delay_ms(payload))

    async def speak(self, number: int) -> None:
        """A frame to each side."""
        await self.agent.send(frame())
        payload = base64.b64encode(frame()).decode()
        await self.caller.send(f'{{"event":"media","sequenceNumber":"{number}","streamSid":"MZ1","media":{{"track":"inbound",'
                               f'"chunk":"{number}","timestamp":"{number * 20}","payload":"{payload}"}}}}')

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.agent.close()
        await self.caller.close()


async def perform(job: dict[str, Any]) -> dict[str, Any]:
    shown = json.loads(await asyncio.to_thread(_pairs, job["port"], job["pairs"]))
    pairs = [Pair() for _ in shown]
    for pair, each in zip(pairs, shown, strict=True):
        await pair.open(job["port"], each)
    talk = asyncio.create_task(_talk(pairs))
    await asyncio.wait_for(asyncio.gather(*(p.talking.wait() for p in pairs)), 60)
    await asyncio.sleep(SETTLE_S)
    for pair in pairs:
        pair.to_agent_ms.clear()
        pair.to_caller_ms.clear()
    cpu, _ = cpu_and_rss(job["pid"])
    await asyncio.sleep(job["seconds"])
    cpu_after, rss = cpu_and_rss(job["pid"])
    delays = [d for p in pairs for d in (*p.to_agent_ms, *p.to_caller_ms)]
    due = 2 * 50 * job["seconds"] * len(pairs)
    talk.cancel()
    for pair in pairs:
        await pair.close()
    return {"pairs": len(pairs), "delays_ms": delays, "arrived": len(delays) / due, "core": (cpu_after - cpu) / job["seconds"],
            "rss_mb": rss}


def _pairs(port: int, count: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"/bench/pairs?n={count}")
    return connection.getresponse().read().decode()


async def _talk(pairs: list[Pair]) -> None:
    begun, number = time.perf_counter(), 0
    while True:
        number += 1
        for n, pair in enumerate(pairs):
            await asyncio.sleep(max(0.0, begun + (number + n / len(pairs)) * FRAME_S - time.perf_counter()))
            await pair.speak(number)


def main() -> None:
    pin(GENERATOR_CORE)
    for line in sys.stdin:
        print(json.dumps(uvloop.run(perform(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()


"""A process of Procrastinate's for `benchmarks/promises.py`: defers jobs, or performs them with its own worker.

Its schema, its connectors and its worker as they come, with the number of jobs at once that our worker performs at once. A
job does nothing; for a measured crash it takes a moment, so that some are under way.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import procrastinate
import psycopg

from benchmarks.parts.crew import Work, member


def app_on(connector: Any) -> procrastinate.App:
    app = procrastinate.App(connector=connector)

    @app.task(name="nothing")
    async def nothing(to: str, text: str, takes_s: float = 0.0) -> None:
        if takes_s:
            await asyncio.sleep(takes_s)

    return app


def prepare_schema(url: str) -> None:
    connector = procrastinate.SyncPsycopgConnector(conninfo=url)
    with procrastinate.App(connector=connector).open() as app:
        app.schema_manager.apply_schema()


def fill(url: str, count: int, takes_s: float = 0.0) -> None:
    with app_on(procrastinate.SyncPsycopgConnector(conninfo=url)).open() as app:
        jobs = [{"to": f"+1202{5550000 + n}", "text": "x" * 70, "takes_s": takes_s} for n in range(count)]
        app.configure_task("nothing").batch_defer(*jobs)


def left(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded' AND task_name = 'nothing'").fetchone()
    return int(row[0]) if row else 0


def deferring(job: Mapping[str, Any]) -> Work:
    threads, count = job["threads"], job["count"]
    app = app_on(procrastinate.SyncPsycopgConnector(conninfo=job["database"], min_size=threads, max_size=threads))
    app.open()

    def work(over: threading.Event) -> dict[str, Any]:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda n: app.configure_task("nothing").defer(to="+12025550143", text="x" * 70), range(count)))
        app.close()
        return {"written": count}

    return work


def performing(job: Mapping[str, Any]) -> Work:
    loop = asyncio.new_event_loop()
    app = app_on(procrastinate.PsycopgConnector(conninfo=job["database"], min_size=job["threads"], max_size=job["threads"] + 2))
    if job.get("look_every_s"):
        _looks_for_stalled(app, job)
    loop.run_until_complete(app.open_async())

    async def until(over: threading.Event) -> None:
        # Worker names and time-outs apart, everything is as it comes.
        heart = {k: job[k] for k in ("update_heartbeat_interval", "stalled_worker_timeout") if k in job}
        task = asyncio.create_task(app.run_worker_async(concurrency=job["threads"], install_signal_handlers=False, **heart))
        await asyncio.to_thread(over.wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await app.close_async()

    def work(over: threading.Event) -> dict[str, Any]:
        loop.run_until_complete(until(over))
        return {"cpu_s": sum(os.times()[:2])}

    return work


def _looks_for_stalled(app: procrastinate.App, job: Mapping[str, Any]) -> None:
    """The task that its documentation asks its users to write: nothing recovers a stalled job by itself."""

    @app.periodic(cron=f"* * * * * */{job['look_every_s']}")
    @app.task(lock="look", queueing_lock="look", pass_context=True, name="look")
    async def look(context: Any, timestamp: int) -> None:
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=job["stalled_after_s"])
        for each in stalled:
            await app.job_manager.retry_job(each)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    member(lambda job: {"write": deferring, "perform": performing}[job["does"]](job))

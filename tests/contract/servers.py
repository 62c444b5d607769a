"""Debian's own PostgreSQL and Redis, started on free loopback ports in temporary folders: once for each test process, stopped
at its end by their ids. A program that is not installed is a skip with that reason.

    url = servers.postgresql().new_database()     # tables made, empty
    url = servers.redis().url                     # flushed by whoever wants it empty
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg
import pytest
import redis as redis_client

from ivr.store.db import Database

UNPRIVILEGED = ("postgres", "nobody")
START_WITHIN_S = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _dies_with_us(how: signal.Signals):
    """PR_SET_PDEATHSIG: a test process that is killed leaves no server behind."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(1, how)


class PostgresServer:
    """`fsync` stays on: what these tests say about durable commits is true of it."""

    def __init__(self) -> None:
        bins = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or [Path(p) for p in [shutil.which("postgres")] if p]
        if not bins:
            pytest.skip("PostgreSQL is not installed (apt install postgresql)")
        self._bin = bins[-1].parent
        self._user = next((u for u in UNPRIVILEGED if _exists(u)), None) if os.getuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="ivr-pg-"))
        if self._user:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "ivr", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._template = False
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([str(self._bin / program), *arguments], user=self._user, cwd="/", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1",
                 "-k", str(self.folder), "-c", "max_connections=200", "-c", "shared_buffers=64MB",
                 "-c", "recovery_init_sync_method=syncfs"],
                user=self._user, cwd="/", stdout=log, stderr=log, preexec_fn=_dies_with_us(signal.SIGINT))
        _until(lambda: psycopg.connect(self.url("postgres"), connect_timeout=2).close(), self.process, self.folder / "log")

    def url(self, database: str) -> str:
        return f"postgresql://ivr@127.0.0.1:{self.port}/{database}"

    def new_database(self, *, empty: bool = False) -> str:
        """The URL of a database of its own; with our tables unless `empty`."""
        if not self._template and not empty:
            self._execute('CREATE DATABASE "template"')
            Database(self.url("template")).close()
            self._template = True
        name = f"t{uuid.uuid4().hex[:16]}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE {"template0" if empty else "template"}')
        return self.url(name)

    def drop(self, url: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')

    def _execute(self, text: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(text)

    def kill(self) -> None:
        """As a power cut: `immediate` shutdown, nothing flushed."""
        self._end(signal.SIGQUIT)

    def freeze(self) -> None:
        """Connections are accepted by the kernel, nobody answers: a hung disk, a machine that swaps."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, how: signal.Signals) -> None:
        assert self.process
        os.kill(self.process.pid, how)
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if stat.read_text().rsplit(")", 1)[1].split()[1] == str(self.process.pid):
                    os.kill(int(stat.parent.name), how)
            except (OSError, IndexError):
                continue  # it ended meanwhile

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def close(self) -> None:
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)


class RedisServer:
    def __init__(self, *, appendonly: bool = False) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("Redis is not installed (apt install redis-server)")
        self._program, self._appendonly = program, appendonly
        self.folder = Path(tempfile.mkdtemp(prefix="ivr-redis-"))
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder),
                 "--appendonly", "yes" if self._appendonly else "no"],
                stdout=log, stderr=log, preexec_fn=_dies_with_us(signal.SIGTERM))
        _until(lambda: self.client().ping(), self.process, self.folder / "log")

    def client(self) -> redis_client.Redis:
        return redis_client.Redis.from_url(self.url)

    def flush(self) -> None:
        self.client().flushall()

    def freeze(self) -> None:
        """Connections are accepted by the kernel, nobody answers: a black hole."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@functools.cache
def postgresql() -> PostgresServer:
    """The one of this test process."""
    server = PostgresServer()
    atexit.register(server.close)
    return server


@functools.cache
def redis() -> RedisServer:
    """The one of this test process; tests that stop it start one of their own."""
    server = RedisServer()
    atexit.register(server.close)
    return server


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _until(ready, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_WITHIN_S
    while True:
        try:
            ready()
            return
        except (psycopg.OperationalError, redis_client.RedisError) as error:
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text()[-2000:]) from error
            select_wait(0.02)


def select_wait(seconds: float) -> None:
    """Between two looks at a server that is starting."""
    import threading

    threading.Event().wait(seconds)

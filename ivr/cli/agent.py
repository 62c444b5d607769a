"""`ivr agent --tty`: a member of staff talks, in a terminal, with callers who type: text telephones, web chat, texts.

Connects to the running server; a caller comes with what is known of them, then each line typed goes to them. Commands: `/next`
for the next caller, `/end` hangs up, `/reveal SLOT why` shows one masked value (and is written down), `/quit` signs out.
"""

from __future__ import annotations

import getpass
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import click

from ivr import config
from ivr.errors import ConfigProblem, Unavailable

PATH = "/agents/text"
HELP = "/next the next caller, /end hang up, /reveal SLOT why, /quit sign out; anything else goes to the caller"


@click.command()
@click.option("--tty", is_flag=True, help="Callers who type; the only ones a terminal can talk with.")
@click.option("--url", default="", help="Address of the server. Default: the one of the settings.")
@click.option("--queue", "queues", multiple=True, help="Take callers of this queue only; may be repeated. Default: all.")
@click.option("--language", "languages", multiple=True, help="Take callers of this language only; may be repeated. Default: all.")
@click.option("--skill", "skills", multiple=True, help="A skill that queues ask for; may be repeated.")
@click.option("--name", default="", help="How you are named in the records. Default: your login.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, as the server sends them.")
def agent(tty: bool, url: str, queues: tuple[str, ...], languages: tuple[str, ...], skills: tuple[str, ...],
          name: str, as_json: bool) -> None:
    """Talk with callers who type. The token of IVR_API_TOKEN lets you in."""
    if not tty:
        raise click.UsageError("say --tty: a terminal can only talk with callers who type")
    settings = config.load()
    base = url or settings.public_url or f"http://{settings.host}:{settings.port}"
    token = settings.api_token.get_secret_value() if settings.api_token else ""
    hello = {"type": "hello", "name": name or getpass.getuser(), "queues": list(queues), "languages": list(languages),
             "skills": list(skills)}
    with _connected(base, token) as socket:
        socket.send(json.dumps(hello))
        say = click.echo if as_json else None
        receiving = threading.Thread(target=_receive, args=(socket, say), daemon=True)
        receiving.start()
        _type(socket.send, click.get_text_stream("stdin"))
        socket.close()
        receiving.join(2)


def _connected(base: str, token: str) -> Any:
    from websockets.exceptions import InvalidHandshake
    from websockets.sync.client import connect

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        return connect(socket_url(base), additional_headers=headers, open_timeout=10)
    except InvalidHandshake:
        raise Unavailable(f"{base} does not let you in", code="unauthorized",
                          hint="set IVR_API_TOKEN to the token of the server") from None
    except (OSError, TimeoutError) as error:
        raise Unavailable(f"no server answers at {base}: {error}", hint="start it with `ivr serve`, or say where with --url") from None


def socket_url(base: str) -> str:
    """The WebSocket address beneath an http or https address."""
    parts = urlsplit(base)
    scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(parts.scheme)
    if scheme is None or not parts.netloc:
        raise ConfigProblem(f"{base!r} is no address of a server", hint="it looks like https://ivr.example.org")
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + PATH, "", ""))


def _type(send: Callable[[str], None], lines: Iterable[str]) -> None:
    """What is typed, until the end of the input or /quit."""
    from websockets.exceptions import ConnectionClosed

    for line in lines:
        if line.strip() == "/quit":
            return
        message = message_for(line)
        if message is None:
            click.echo(HELP, err=True)
            continue
        try:
            send(json.dumps(message))
        except ConnectionClosed:
            return


def message_for(line: str) -> dict[str, str] | None:
    """What a typed line asks of the server; None for what is no command of ours, and for nothing."""
    text = line.strip()
    if not text.startswith("/"):
        return {"type": "line", "text": text} if text else None
    command, _, rest = text.partition(" ")
    if command in ("/end", "/next"):
        return {"type": command[1:]}
    if command == "/reveal" and rest.strip():
        slot, _, reason = rest.strip().partition(" ")
        return {"type": "reveal", "slot": slot, "reason": reason}
    return None


def _receive(socket: Any, raw: Callable[[str], None] | None) -> None:
    from websockets.exceptions import ConnectionClosed

    try:
        for message in socket:
            if raw is not None:
                raw(message)
                continue
            for line in shown(json.loads(message)):
                click.echo(line)
    except ConnectionClosed:
        pass
    click.echo("the server has closed the connection; /quit to leave", err=True)


def shown(message: dict[str, Any]) -> list[str]:
    """A message of the server as lines for a terminal: what somebody typed cannot steer the terminal."""
    lines = _SHOWN.get(message.get("type", ""), lambda m: [])(message)
    return ["".join(c if c.isprintable() else " " for c in part) for line in lines for part in line.split("\n")]


def _caller(packet: dict[str, Any]) -> list[str]:
    channel = " ".join([packet["channel"], *(["relay"] if packet.get("relay") else []), packet.get("tty_mode", "")]).strip()
    facts = {"language": packet["language"], "channel": channel, "queue": packet["queue"], "reason": packet["reason"],
             "rule": f"{packet['policy']}: {packet['rule']}" if packet["rule"] else "", "number": packet.get("number", ""),
             **{name: value for name, value in packet["slots"].items() if value}, "links": ", ".join(packet["links"])}
    said = [f"  {'caller' if x['who'] == 'caller' else 'system':>6} > {x['text']}" for x in packet["said"]]
    waited = [f"  {'caller':>6} > {text}" for text in packet.get("typed_while_waiting", ())]
    return ["", "== a caller ==", *(f"  {name:12} {value}" for name, value in facts.items() if value), "-- so far --", *said, *waited,
            "-- you are talking --"]


_GONE = {"left": "the caller has left", "ended": "you have hung up"}
_SHOWN: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "welcome": lambda m: [f"signed in; queues: {', '.join(m['queues'])}", HELP],
    "waiting": lambda m: [f"{m['count']} waiting; you are next to take a caller" if m["count"] else "nobody is waiting"],
    "caller": _caller,
    "line": lambda m: [f"caller > {m['text']}"],
    "gone": lambda m: [f"-- {_GONE.get(m['why'], m['why'])}; /next for the next caller --"],
    "revealed": lambda m: [f"{m['slot']}: {m['value']}"],
    "error": lambda m: [f"! {m['message']}"],
}

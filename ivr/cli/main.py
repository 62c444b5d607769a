"""The `ivr` command. Sub-commands are loaded when they are called, so that `ivr --help` is quick.

Exit codes: 0 done, 1 errors found or something failed, 2 misuse. A mistake of the user never shows a traceback.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from ivr import __version__
from ivr.errors import IvrError
from ivr.sensitive import scrub

COMMANDS = {
    "agent": ("ivr.cli.agent", "agent", "Talk with callers who type: text telephones, web chat, texts."),
    "audit": ("ivr.cli.audit", "audit", "What staff did: verify the record, export it, note its head."),
    "backup": ("ivr.cli.backup", "backup", "Write everything to one file, while servers run."),
    "call": ("ivr.demo.commands", "call", "Call a bundle from the terminal, by text or with a recording."),
    "canary": ("ivr.cli.versions", "canary", "A trial of a bundle on a share of new calls: status, promote, stop."),
    "check": ("ivr.cli.check", "check", "Check a bundle; every problem with its place, in one run."),
    "consent": ("ivr.cli.consent", "consent", "Who agreed to be written to, and who took it back."),
    "explain": ("ivr.cli.explain", "explain", "Explain a diagnostic code."),
    "data": ("ivr.cli.data", "data", "Personal data: retention, export, erasure, keys."),
    "diff": ("ivr.cli.diff", "diff", "What callers notice of the difference between two bundles."),
    "doctor": ("ivr.cli.doctor", "doctor", "Settings with their sources, models, stores, clock."),
    "fmt": ("ivr.cli.fmt", "fmt", "Lay the files of a bundle out alike, comments kept."),
    "graph": ("ivr.cli.graph", "graph", "Draw the flows of a bundle: SVG, DOT, Mermaid."),
    "models": ("ivr.cli.models", "models", "Fetch, list and verify speech models."),
    "new": ("ivr.cli.new", "new", "Begin a bundle that passes check and test."),
    "nlu": ("ivr.cli.nlu", "nlu", "Intents: evaluate, lint and try what a bundle understands."),
    "prompts": ("ivr.cli.prompts", "prompts", "Render prompts to audio ahead of time."),
    "publish": ("ivr.cli.publish", "publish", "Check, prove, test and train a bundle, then put it into service."),
    "promises": ("ivr.cli.promises", "promises", "What was promised to callers: list, show, explain, retry, cancel, release."),
    "requests": ("ivr.cli.requests", "requests", "Service requests for an office: list, show, take, close, export."),
    "requirements": ("ivr.cli.requirements", "requirements", "Rows of requirements.yaml: what is proved, what is performed."),
    "rollback": ("ivr.cli.versions", "rollback", "Let new calls begin with an earlier version again."),
    "restore": ("ivr.cli.backup", "restore", "Fill an empty database from a backup."),
    "schema": ("ivr.cli.schema", "schema", "JSON Schemas of the bundle files, for editors."),
    "slots": ("ivr.cli.slots", "slots", "What spoken values mean: receipt numbers, dates, telephone numbers ..."),
    "serve": ("ivr.cli.serve", "serve", "Take calls: webhooks, media, pages, on one port."),
    "test": ("ivr.cli.test", "test", "Make the calls of a bundle's tests, in both languages and every variant."),
    "transcribe": ("ivr.cli.transcribe", "transcribe", "Recognise the speech in audio files."),
    "tty": ("ivr.cli.tty", "tty", "Text telephone (TTY) sound: text from a recording, a recording from text."),
    "users": ("ivr.cli.users", "users", "Members of staff: create, list, roles, passwords, one-time codes, sessions."),
    "versions": ("ivr.cli.versions", "versions", "What was put into service, when, by whom and why."),
    "worker": ("ivr.cli.worker", "worker", "Perform promises: texts, emails."),
}
"""name -> module, attribute, one line of help"""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [n for n, (module, _, _) in sorted(COMMANDS.items()) if _exists(module)]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS or not _exists(COMMANDS[name][0]):
            return None
        module, attribute, _ = COMMANDS[name]
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(n, COMMANDS[n][2]) for n in self.list_commands(ctx)])


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ivr")
def cli() -> None:
    """Frontline: a self-hosted, speech-enabled phone system."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        result: Any = cli.main(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="ivr",
                               standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except IvrError as error:
        click.echo(f"error[{error.code}]: {error.message}", err=True)
        if error.hint:
            click.echo(f"  = hint: {error.hint}", err=True)
        return 1
    except BrokenPipeError:
        return 1
    except Exception as error:
        if os.environ.get("IVR_LOG_LEVEL") == "debug":
            raise
        click.echo(f"error[bug]: {type(error).__name__}: {scrub(str(error))[:300]}", err=True)
        click.echo("  = hint: this is our mistake; IVR_LOG_LEVEL=debug shows where it happened", err=True)
        return 1


def run() -> None:
    """Console entry point."""
    sys.exit(main())

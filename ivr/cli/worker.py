"""`ivr worker`: perform promises in a process of its own, next to servers with IVR_WORKER=off."""

from __future__ import annotations

import json
import signal

import click

from ivr import config
from ivr.ops import logs


@click.command()
@click.option("--once", is_flag=True, help="Perform what is due now and end.")
@click.option("--json", "as_json", is_flag=True, help="With --once: print {performed: N}.")
def worker(once: bool, as_json: bool) -> int:
    """Perform promised texts and emails until told to stop."""
    from ivr.runtime.services import Services

    settings = config.load()
    logs.configure(settings.log_level)
    services = Services(settings, speech=False)
    if once:
        performed = 0
        while done := services.worker.work_once():
            performed += done
        click.echo(json.dumps({"performed": performed}) if as_json else f"performed {performed}")
    else:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: services.worker.request_stop())
        services.following.start()  # what is published while it runs is what the calls it makes begin with
        services.worker.run()
    services.close()
    return 0

"""`python -m ivr`."""

from ivr.cli.main import run

run()

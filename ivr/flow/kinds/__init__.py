"""The twelve node kinds. Importing this package fills `flow.registry.KINDS`."""

from ivr.flow.kinds import ask, call, check, collect, decide, end, menu, promise, say, send, set_vars, transfer

__all__ = ["ask", "call", "check", "collect", "decide", "end", "menu", "promise", "say", "send", "set_vars", "transfer"]

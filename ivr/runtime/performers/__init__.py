"""How each kind of promise is performed: one file a kind, one lane each in the worker."""

from ivr.runtime.performers.lane import Lane

__all__ = ["Lane"]

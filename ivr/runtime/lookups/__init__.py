"""Named predicates that `check` nodes ask, one small file a family. Importing the package fills `LOOKUPS`.

Those about dates, hours and tables are worked out here, those about promised calls come from the ledger. Those about cases,
identities and staff are answered honestly without a connected system; a connector replaces the function behind the name and
keeps its values.
"""

from ivr.runtime.lookups import callbacks, case, dates, identity, office, processing, requests, staff
from ivr.runtime.lookups.registry import LOOKUPS, Asked, Predicate, lookup, perform

__all__ = ["LOOKUPS", "Asked", "Predicate", "callbacks", "case", "dates", "identity", "lookup", "office", "perform", "processing",
           "requests", "staff"]

"""What is kept, table by table: its class (which decides how long), and how each column is protected.

docs/reference/data.md is drawn from here. A test compares this file with the tables, so that no column comes into being
without somebody saying what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.config import Settings


@dataclass(frozen=True, slots=True)
class DataClass:
    setting: str
    """Name of the setting with its days; empty for what ends by itself."""
    holds: str
    ends: str
    """When the days begin, and what stays longer."""


CLASSES: Mapping[str, DataClass] = {
    "calls": DataClass("keep_calls_days", "what callers said and keyed, what they were told, how calls went",
                       "days after the last event of the call"),
    "answers": DataClass("keep_answers_days", "answers to webhooks, by which a repeated delivery is recognised", "days after the answer"),
    "promises": DataClass("keep_promises_days", "what was promised, to which number or address, and what became of it",
                          "days after its last change, once it is over; what is still to be done stays"),
    "consent": DataClass("keep_consent_days", "who said yes and no to being written to, and when",
                         "days after it was said; the last word on each address and channel stays, so that a no is honoured for ever"),
    "bundles": DataClass("keep_bundles_days", "bundles as they were published", "days after, unless a call, a version or new calls use it"),
    "proof": DataClass("keep_proof_days", "what was deleted, published, switched and looked at, by whom",
                       "days after the entry on a deletion or a look; published versions, switches, alarms, users and the audit stay: "
                        "a chain that has lost its beginning proves nothing"),
    "brief": DataClass("", "tokens, counters, locks, links: things with an end of their own", "at that end"),
}


@dataclass(frozen=True, slots=True)
class TableData:
    data_class: str
    plain: str
    """Columns without personal data, separated by spaces."""
    sealed: str = ""
    """Encrypted with IVR_DATA_KEYS, bound to `table.column`."""
    index: str = ""
    """Keyed hashes, by which something is found and from which nothing can be read."""
    note: str = ""


TABLES: Mapping[str, TableData] = {
    "calls": TableData("calls", "call_id bundle_hash version status created_at updated_at", sealed="state",
                       note="call_id is the carrier's"),
    "events": TableData("calls", "call_id seq at type applied", sealed="body"),
    "call_statuses": TableData("calls", "call_id sequence status updated_at"),
    "call_outcomes": TableData("calls", "call_id kind bundle_hash began_at"),
    "persons": TableData("calls", "kind call_id since", index="person", note="finds everything about one person"),
    "text_sessions": TableData("calls", "call_id channel heard_at noticed_at over handed desk desk_until created_at", sealed="rest",
                               index="digest address_index", note="digest is of the token of a chat"),
    "text_lines": TableData("calls", "call_id seq key who at", sealed="body"),
    "wrap_ups": TableData("calls", "seq call_id agent disposition at", sealed="note",
                          note="how a conversation ended, in the words of the member of staff who had it"),
    "answers": TableData("answers", "key token call_id at", sealed="body"),
    "promises": TableData(
        "promises", "key kind name call_id reference priority due_at not_after state held_from wake_at planned_at waits_for attempt "
        "started_at lease_owner lease_until fence provider_id last_error created_at updated_at",
        sealed="payload progress", index="payload_digest"),
    "promise_history": TableData("promises", "key at state note"),
    "promise_notes": TableData("promises", "seq key agent disposition at", sealed="note", note="what staff did about a promise"),
    "promise_contacts": TableData("promises", "key", index="contact_index"),
    "callback_calls": TableData(
        "promises", "attempt_id key round number call_sid state answered_by choice result started_at ended_at", index="number_index",
        note="number is its place in the list"),
    "message_statuses": TableData("promises", "provider_id promise_key status error_code updated_at"),
    "consents": TableData(
        "consent", "seq channel purpose answer source wording wording_hash language call_id by confirmed at",
        sealed="address", index="address_index"),
    "opt_outs": TableData("consent", "address channel since source", note="of older versions; taken over and emptied at start"),
    "unreachable": TableData("consent", "channel code at", index="address_index"),
    "bundles": TableData("bundles", "hash id files loaded_at"),
    "bundle_models": TableData("bundles", "bundle_hash name data"),
    "pointers": TableData("bundles", "bundle_id revision hash canary_hash canary_percent canary_since canary_look"),
    "versions": TableData("proof", "number bundle_id hash previous_hash kind percent author reason checks at",
                          note="author is a member of staff"),
    "switches": TableData("proof", "name value by at", note="by is a member of staff"),
    "alarms": TableData("proof", "name since last_at count detail"),
    "data_log": TableData("proof", "id at act what count why"),
    "reveals": TableData("proof", "seq call_id slot agent at", sealed="reason",
                         note="which value of a call a member of staff looked at, and why"),
    "users": TableData("proof", "name role totp_step disabled created_at password_at signed_in_at",
                       sealed="password totp totp_pending phone",
                       note="name is a member of staff; a user is disabled and not deleted, so that the audit goes on naming somebody"),
    "recovery_codes": TableData("proof", "name", index="digest", note="one time each; deleted when used"),
    "audit": TableData("proof", "seq at who act what seal", sealed="detail", note="what staff did; who is a member of staff"),
    "audit_head": TableData("proof", "name seq seal mark"),
    "staff_sessions": TableData("brief", "digest id name begun_at seen_at", sealed="about", note="who of staff is signed in, and where"),
    "stream_tokens": TableData("brief", "digest call_id stands_for_signature expires_at"),
    "links": TableData("brief", "purpose expires_at created_at", sealed="subject", index="digest"),
    "contact_counters": TableData("brief", "scope window count expires_at", index="subject"),
    "counters": TableData("brief", "window_s bucket count", index="key"),
    "locks": TableData("brief", "name token until"),
    "presence": TableData("brief", "room member until"),
    "pacing": TableData("brief", "name next_at"),
    "jobs": TableData("brief", "name next_at lease_owner lease_until last_note"),
    "store_marks": TableData("brief", "name", index="value"),
}


def sealed_columns() -> list[tuple[str, str]]:
    return [(table, column) for table, data in TABLES.items() for column in data.sealed.split()]


def reference_markdown(settings: Settings | None = None) -> str:
    """The reference page of what is kept."""
    lines = ["# What is kept", "",
             "Generated from `ivr/store/data_map.py` by `ivr data map`; a test compares it with the tables.", "",
             "## Classes", "", "| class | holds | days | ends |", "|---|---|---|---|"]
    for name, each in CLASSES.items():
        days = ""
        if each.setting:
            default = getattr(settings, each.setting) if settings else Settings.model_fields[each.setting].default
            days = f"{default} (`IVR_{each.setting.upper()}`)"
        lines.append(f"| {name} | {each.holds} | {days} | {each.ends} |")
    lines += ["", "## Tables", "", "Sealed: AES-256-GCM with `IVR_DATA_KEYS`, bound to its column. Hashed: keyed, finds and tells nothing.",
              "", "| table | class | sealed | hashed | plain |", "|---|---|---|---|---|"]
    for name, data in TABLES.items():
        note = f" ({data.note})" if data.note else ""
        lines.append(f"| `{name}` | {data.data_class} | {_names(data.sealed)} | {_names(data.index)} | {_names(data.plain)}{note} |")
    lines += ["", "Redis holds copies of live sessions (sealed, four hours at most), stream tokens (a minute), counters under hashed "
              "names (two windows), locks and presence. Logs carry no personal data: what is sensitive is masked by its type."]
    return "\n".join(lines) + "\n"


def _names(columns: str) -> str:
    return ", ".join(f"`{c}`" for c in columns.split())

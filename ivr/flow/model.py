"""What a loaded bundle is: frozen data, nothing else. Pure.

Built by `flow.parse` out of YAML, read by the engine, the checker and the pictures. Every collection keeps the
author's order. `Mark` says where a thing stands in its file, so that any later complaint can point at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from ivr.flow.model_desk import Article, Escalation
from ivr.flow.model_queues import Priority, ServiceLevel, WaitWords


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a bundle file; line and column count from 1, `length` is the width of the word."""

    file: str = ""
    line: int = 1
    column: int = 1
    length: int = 1


@dataclass(frozen=True, slots=True)
class Target:
    """Where an outcome leads: a node of the same flow, and the variables set on the way."""

    go: str
    set: Mapping[str, str] = field(default_factory=dict)
    mark: Mark = Mark()


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    kind: str
    params: Any
    """Instance of the kind's `Params`."""
    to: Mapping[str, Target]
    """Every wired outcome, inherited ones included after loading."""
    mark: Mark = Mark()
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Dotted path inside the node ("ask.intents.2", "to.other") -> place."""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    type: str
    """receipt | form | date | phone | a_number | email | zip | yes_no | digits | choice"""
    sensitive: bool = True
    allow: tuple[str, ...] = ()
    """Where a sensitive value may be placed: prompt, sms, email, context."""
    protected_by: str = ""
    """Policy entry that must be true wherever it is filled, spoken or handed on; empty for none."""
    values: tuple[str, ...] = ()
    """The closed list of its values, such as the form numbers that there are; empty for any."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The one retry budget that silence and no-match share at a node."""

    retries: int = 2
    """Failed tries before the node leaves by `no_match`/`silence` (usually to a keys menu)."""
    timeout_s: float = 6.0
    number_timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """Bands on the calibrated probability of the best intent."""

    accept: float | None = None
    """None: what the intent model learnt."""
    confirm: float | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a three-line node inherits. Targets name nodes of the flow that declares them."""

    retry: RetryPolicy = RetryPolicy()
    confidence: Confidence = Confidence()
    targets: Mapping[str, Mapping[str, Target]] = field(default_factory=dict)
    """kind -> outcome -> target; kind `any` applies to all."""
    language_keys: Mapping[str, str] = field(default_factory=dict)
    """Key -> language, at every question that takes one key and has no other use for it; of an entry flow, for the whole call."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Named nodes that commands and failures lead to: main_menu, agent_request, goodbye, safe_landing (required in an
    entry flow), accommodation; a sub-flow uses those of the flow the call began in."""


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    start: str
    vars: Mapping[str, tuple[str, ...]]
    """Finite variables; the first value is the initial one."""
    slots: Mapping[str, SlotSpec]
    nodes: Mapping[str, Node]
    defaults: Defaults = Defaults()
    inputs: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    """Non-empty for a sub-flow."""
    file: str = ""
    protected: Mapping[str, str] = field(default_factory=dict)
    """Variable of case details -> policy entry that must be true wherever it is filled, read or handed on."""


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    when: str
    """Expression over finite variables."""
    source: str = ""
    mark: Mark = Mark()
    """Place of the expression, without its quotes."""
    rows: tuple[str, ...] = ()
    """Rows of requirements.yaml that this performs; the same at every other `rows`."""


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """One named door. It is open when any rule is true; `open_when` only decides whether it is open *now*."""

    name: str
    allow_if_any: tuple[Rule, ...]
    open_when: str = ""
    else_say: str = ""
    """Prompt key with the reason spoken when the door stays shut."""
    mark: Mark = Mark()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeverRule:
    id: str
    kind: str
    """transfer | promise | say | send"""
    when: str
    source: str = ""
    mark: Mark = Mark()
    """Place of the expression within the rule."""
    name: str = ""
    """Queue, promise, prompt or message that it speaks of; empty for all."""
    name_mark: Mark = Mark()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlwaysRule:
    id: str
    form: str
    """bounded | refused | heard"""
    names: tuple[str, ...] = ()
    """Steps (refused) or prompt keys (heard), one of which is enough."""
    number: int = 0
    """Caller turns (bounded)."""
    text: str = ""
    """The sentence as it was written."""
    source: str = ""
    mark: Mark = Mark()
    name_marks: tuple[Mark, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    entries: Mapping[str, PolicyEntry] = field(default_factory=dict)
    never: tuple[NeverRule, ...] = ()
    always: tuple[AlwaysRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    value: str
    """As written in a text or an email."""
    spoken: Mapping[str, str] = field(default_factory=dict)
    """language -> how it is said; the value itself where a language is missing."""
    source: str = ""
    review_by: date | None = None
    mark: Mark = Mark()
    step: str = ""
    """Real next step that a prompt offers by naming this fact, such as online_chat; empty for none."""
    rows: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    """language -> how it is written there, where that is not `value`."""

    def words(self, language: str, *, spoken: bool) -> str:
        """The fact in that language, to be said or to be read."""
        return (self.spoken if spoken else self.written).get(language, self.value)


@dataclass(frozen=True, slots=True)
class OpenHours:
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Calendar:
    timezone: str
    week: Mapping[int, tuple[OpenHours, ...]]
    """0 = Monday .. 6 = Sunday."""
    holidays: str = ""
    """Country code for the federal holidays of the `holidays` package, or empty."""
    closed_on: frozenset[date] = frozenset()
    """All closed dates: overrides and the holidays expanded at load, so that evaluation stays pure."""
    overrides: Mapping[date, tuple[OpenHours, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    tier: int
    languages: tuple[str, ...] = ()
    max_wait_s: int = 1800
    mark: Mark = Mark()
    rows: tuple[str, ...] = ()
    service_level: ServiceLevel | None = None
    skills: tuple[str, ...] = ()
    priority: Priority | None = None
    handling_s: int = 480
    """Mean, until there are live figures."""
    callback_offer_above_s: int | None = None
    wait: WaitWords = field(default_factory=WaitWords)

    def ahead_s(self, policy_rule: str) -> float:
        """Head start of a caller whom this rule let through."""
        return float(self.priority.ahead_s) if self.priority and policy_rule in self.priority.rules else 0.0


@dataclass(frozen=True, slots=True)
class PromiseSpec:
    """One entry of callbacks.yaml."""

    name: str
    kind: str
    """callback | service_request"""
    due_within: str
    """`30 business_days`, or a range such as `24h..72h`; the far end is the deadline."""
    confirm: Mapping[str, str] = field(default_factory=dict)
    """channel (sms, email) -> message key."""
    mark: Mark = Mark()
    notice: Notice | None = None
    by: tuple[str, ...] = ("call",)
    """call | email: how it is kept."""
    rows: tuple[str, ...] = ()
    in_line: bool = False
    """The caller keeps their place in the line that they have just left, and is called when their turn comes."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What goes out before a promised call."""

    before: str
    """`1..2 business_days`"""
    by: tuple[str, ...]
    message: str
    """Message key."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """How promised calls are tried. One round tries every number in order."""

    order: str = "fifo"
    max: int = 2
    numbers: tuple[str, ...] = ("cell", "office")
    voicemail: str = ""
    """Prompt key that is left after a first round that reached nobody."""
    next_after_min: tuple[int, int] = (0, 0)
    """Minutes, earliest and latest, between a round that reached nobody and the next."""
    last_missed: Mapping[str, str] = field(default_factory=dict)
    """channel -> message key after the last round that reached nobody."""
    last_start: time | None = None
    """Local time after which no first round begins."""
    overtime: str = "never"
    """switch: supervisors may allow calls outside hours."""
    mark: Mark = Mark()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words under one key in one language. `variants` always has `voice` or a written channel."""

    key: str
    variants: Mapping[str, str]
    """voice | tty | sms | chat | email -> text with {placeholders}"""
    subject: str = ""
    """Of the email variant."""
    mark: Mark = Mark()
    recording: str = ""
    """Path of the recorded voice, relative to the prompt file; empty for synthesised speech."""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Variant (and `subject`) -> place of its text."""


@dataclass(frozen=True, slots=True)
class Intent:
    id: str
    name: Mapping[str, str]
    """language -> how it is named in "did you want ...?"."""
    phrases: Mapping[str, tuple[str, ...]]
    """language -> training phrases."""
    accept: float | None = None
    confirm: float | None = None
    answer: str = ""
    """Of a topic that is out of scope: prompt key of what callers are told about it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone line of the bundle."""

    name: str
    flow: str
    numbers: tuple[str, ...] = ()
    """E.164 numbers that reach this line."""
    channel: str = "voice"
    language: str | None = None
    textable: bool = True
    """False where callers are abroad: no texts are offered."""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LookupBinding:
    url: str
    timeout_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Bindings:
    """Names of the bundle -> what they are here and now, from env/<IVR_ENV>.yaml. No logic."""

    recognizer: Mapping[str, str] = field(default_factory=dict)
    """line -> recogniser"""
    voices: Mapping[str, str] = field(default_factory=dict)
    """language -> voice"""
    queues: Mapping[str, str] = field(default_factory=dict)
    """queue -> E.164 number at which its agents answer"""
    lookups: Mapping[str, LookupBinding] = field(default_factory=dict)
    """predicate -> service"""


@dataclass(frozen=True, slots=True)
class Bundle:
    id: str
    hash: str
    """sha256 (hex) over the names and bytes of every file that was read."""
    title: Mapping[str, str]
    """language -> name of the service."""
    languages: tuple[str, ...]
    """First one is the default."""
    lines: Mapping[str, Line]
    flows: Mapping[str, Flow]
    prompts: Mapping[str, Mapping[str, Prompt]]
    """language -> key -> prompt"""
    intents: Mapping[str, Intent] = field(default_factory=dict)
    commands: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """repeat, main_menu, help, goodbye, agent_request, switch_<lang>, yes, no -> language -> phrases"""
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Named word lists for menu choices -> language -> phrases"""
    out_of_scope: Mapping[str, Intent] = field(default_factory=dict)
    policy: Policy = Policy()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    calendar: Calendar | None = None
    queues: Mapping[str, Queue] = field(default_factory=dict)
    promises: Mapping[str, PromiseSpec] = field(default_factory=dict)
    bindings: Bindings = Bindings()
    rounds: Rounds | None = None
    escalations: Mapping[str, Escalation] = field(default_factory=dict)
    """urgent, routine -> how staff send a caller's matter on"""
    knowledge: Mapping[str, Mapping[str, Article]] = field(default_factory=dict)
    """language -> intent -> article"""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Every file that was read, by path relative to the bundle folder: what a live call pins."""

    @property
    def recognizer(self) -> Mapping[str, str]:
        return self.bindings.recognizer

    def line_for(self, called_number: str | None) -> Line:
        """The line with that number; an unknown number is `main` (or the first line there is)."""
        for line in self.lines.values():
            if called_number and called_number in line.numbers:
                return line
        return self.lines.get("main") or next(iter(self.lines.values()))

    @property
    def default_language(self) -> str:
        return self.languages[0]

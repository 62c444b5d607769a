"""The shape of queues.yaml, as pydantic models. Pure. `flow.parse_queues` turns them into `flow.model`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ivr.flow.shapes import Id, Language, Rows, RuleId, Shape


class ServiceLevelShape(Shape):
    share: float = Field(gt=0, le=1, description="Share of the callers who are to be answered in time, such as 0.8.")
    within_s: int = Field(ge=1, le=3600, description="Seconds within which they are.")


class PriorityShape(Shape):
    rules: tuple[RuleId, ...] = Field(
        min_length=1, description="Rules of policy.yaml: whoever one of these lets through is urgent.")
    ahead_s: int = Field(900, ge=1, le=7200, description="Head start of the urgent: they are served as if they had come so many "
                         "seconds earlier. Nobody else is passed for longer than that.")


class WaitWordsShape(Shape):
    """Keys of prompts that are said while somebody waits. Where one is left out nothing is said in its place."""

    soon: Id | None = Field(None, description="Prompt key: expected within a minute.")
    about: Id | None = Field(None, description="Prompt key: about {minutes} more minutes.")
    more_than: Id | None = Field(None, description="Prompt key: more than {minutes} minutes.")
    tips: tuple[Id, ...] = Field((), description="Prompt keys of advice, said in turn, one each time that the place is said.")
    leave: Id | None = Field(None, description="Prompt key that says how to leave the line: by key 1.")
    offer: Id | None = Field(None, description="Prompt key that offers a call back by key 1, instead of `leave`, "
                           "above callback_offer_above_s.")


class QueueShape(Shape):
    tier: int = Field(ge=1, le=9, description="Level of the agents, 1 the first. Agents take callers of their own tier and of those below.")
    languages: tuple[Language, ...] = Field((), description="Languages that are served; default: all.")
    max_wait_s: int = Field(1800, ge=30, le=7200, description="Seconds of waiting after which the outcome is wait_too_long.")
    service_level: ServiceLevelShape | None = Field(None, description="What this queue aims at; measured, and changes nobody's turn.")
    skills: tuple[Id, ...] = Field((), description="Every one of these an agent must have to take a caller of this queue.")
    priority: PriorityShape | None = Field(None, description="Who is urgent; default: nobody, first come, first served.")
    handling_s: int = Field(480, ge=10, le=7200, description="Mean seconds of a conversation with all that belongs to it, until "
                            "there are live figures.")
    callback_offer_above_s: int | None = Field(None, ge=0, le=7200, description="Expected seconds of waiting above which a call back is "
                                               "offered, with the words in `wait.offer`.")
    wait: WaitWordsShape | None = Field(None, description="What is said while somebody waits, besides their place.")
    rows: Rows = ()


class QueuesShape(Shape):
    format: Literal["ivr.queues/v1"] = Field("ivr.queues/v1", alias="schema", description="Always ivr.queues/v1.")
    queues: dict[Id, QueueShape] = Field(description="Name -> queue of live agents.")

"""The shape of knowledge/LANGUAGE.yaml and of what staff may send on (callbacks.yaml), as pydantic models. Pure.

`flow.parse_desk` turns them into `flow.model_desk`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ivr.flow.shapes import Id, Rows, Shape, Text

Urgency = Literal["urgent", "routine"]


class ArticleShape(Shape):
    title: Text = Field(description="What the article is about, as staff look for it.")
    say: Text = Field(description="What the caller is told; facts as {fact.NAME}.")
    do: Text | None = Field(None, description="What staff do for the caller.")
    limits: Text | None = Field(None, description="What staff may neither say nor do.")
    link: Id | None = Field(None, description="Fact with the address that helps on.")


class KnowledgeShape(Shape):
    format: Literal["ivr.knowledge/v1"] = Field("ivr.knowledge/v1", alias="schema", description="Always ivr.knowledge/v1.")
    articles: dict[Id, ArticleShape] = Field(description="Intent -> what staff of the first tier know about it.")


class EscalationShape(Shape):
    promise: Id = Field(description="Promise that is made: one of kind callback.")
    policy: Id = Field(description="Policy entry that must be true, when it is made and again when the call is answered.")
    queue: Id = Field(description="Who calls back: this queue, or one of a higher tier.")
    within: Id = Field(description="Fact with how long it may take, as staff tell it.")
    say: Id = Field(description="Prompt key that staff read to the caller; may name {reference} and {due_by}.")
    set: dict[Id, Annotated[str, Field(min_length=1)]] = Field(
        default_factory=dict, description="Variables as staff know them, such as {urgency: urgent}: what the policy is asked with.")
    rows: Rows = ()

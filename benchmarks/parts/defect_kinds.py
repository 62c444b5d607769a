"""The slips themselves: one function a kind. Importing this fills `mutations.DEFECTS` and `mutations.HARMLESS`."""

from __future__ import annotations

import random
import re

from benchmarks.parts.mutations import Bench, Mutant, conjuncts, defect, harmless, mutant, own_targets
from ivr.flow.mark import Mark
from ivr.flow.model_flow import Node

_GRAPH = "E-POLICY E-NEVER E-ALWAYS E-PII E-CONSENT E-DEAD E-LOOP E-UNREACH E-CHANNEL E-TOTAL"


@defect("target led elsewhere")
def retargeted(bench: Bench, chance: random.Random) -> Mutant:
    flow, node, outcome, mark = chance.choice(own_targets(bench))
    other = chance.choice([n for n in bench.bundle.flows[flow].nodes if n not in (node.id, node.to[outcome].go)])
    return mutant(bench, "target led elsewhere", bench.replaced(mark, other, len(node.to[outcome].go)), mark, _GRAPH,
                  f"{node.id}.{outcome} -> {other}", bench.around(node))


@defect("two targets swapped")
def swapped(bench: Bench, chance: random.Random) -> Mutant | None:
    by_node: dict[str, list[tuple[Node, str, Mark]]] = {}
    for flow, node, outcome, mark in own_targets(bench):
        by_node.setdefault(f"{flow}.{node.id}", []).append((node, outcome, mark))
    several = [items for items in by_node.values() if len({n.to[o].go for n, o, _ in items}) > 1]
    (node, one, here), (_, other, there) = chance.sample(chance.choice(several), 2)
    a, b = node.to[one].go, node.to[other].go
    if a == b:
        return None
    (first, new), (second, newer) = sorted([((here, a), b), ((there, b), a)], key=lambda x: (x[0][0].line, x[0][0].column))
    files = bench.replaced(second[0], newer, len(second[1]))
    files = Bench(bench.bundle, files).replaced(first[0], new, len(first[1]))
    return mutant(bench, "two targets swapped", files, node.mark, _GRAPH, f"{node.id}: {one} <-> {other}", bench.around(node))


@defect("circle made")
def looped(bench: Bench, chance: random.Random) -> Mutant | None:
    silent = [(f, n, o, m) for f, n, o, m in own_targets(bench) if n.kind in ("say", "set")]
    flow, node, outcome, mark = chance.choice(silent)
    before = [n.id for f, n in bench.nodes if f.id == flow and n.kind in ("say", "set", "decide")
              and any(t.go == node.id for t in n.to.values())]
    if not before:
        return None
    other = chance.choice(before)
    return mutant(bench, "circle made", bench.replaced(mark, other, len(node.to[outcome].go)), mark, _GRAPH,
                  f"{node.id} -> {other}", bench.around(node))


@defect("outcome dropped")
def outcome_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    flow, node, outcome, mark = chance.choice(own_targets(bench))
    line = bench.line(mark)
    if re.fullmatch(rf'\s+"?{outcome}"?: .*', line):
        return mutant(bench, "outcome dropped", bench.with_line(mark, None), mark, "E-TOTAL E-UNREACH E-CHANNEL E-SCHEMA",
                      f"{node.id}.{outcome}", bench.around(node))
    shorter = re.sub(rf'(?<=[{{ ])"?{outcome}"?: (\{{[^{{}}]*\}}|\{{set: \{{[^{{}}]*\}}, go: \w+\}}|\w+)(, |(?=\}}))', "", line, count=1)
    if shorter == line:
        return None
    return mutant(bench, "outcome dropped", bench.with_line(mark, shorter), mark, "E-TOTAL E-UNREACH E-CHANNEL E-SCHEMA",
                  f"{node.id}.{outcome}", bench.around(node))


def _rows(bench: Bench) -> list[tuple[Node, int, Mark, str]]:
    return [(node, n, node.marks[f"decide.{n}.if"], row.when) for _, node in bench.nodes if node.kind == "decide"
            for n, row in enumerate(node.params.rows) if f"decide.{n}.if" in node.marks]


@defect("guard dropped")
def guard_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    """One row takes what the next one is for: its condition is always true."""
    node, n, mark, when = chance.choice(_rows(bench))
    if n == len(node.params.rows) - 1 or when not in bench.line(mark):
        return None
    always = "language in [en, es]"
    line = bench.line(mark).replace(f"if: {when}}}", f'if: "{always}"}}', 1)
    if line == bench.line(mark):
        return None
    return mutant(bench, "guard dropped", bench.with_line(mark, line), mark, _GRAPH, f"{node.id} row {n}", bench.around(node))


@defect("guard turned round")
def guard_turned(bench: Bench, chance: random.Random) -> Mutant | None:
    node, n, mark, when = chance.choice(_rows(bench))
    turned = when.replace("==", "!=", 1) if "==" in when else when.replace("!=", "==", 1)
    if turned == when or when not in bench.line(mark):
        return None
    return mutant(bench, "guard turned round", bench.with_line(mark, bench.line(mark).replace(when, turned, 1)), mark,
                  _GRAPH, f"{node.id} row {n}", bench.around(node))


def _policy_rules(bench: Bench) -> list[tuple[str, Mark, str]]:
    return [(rule.id, rule.mark, rule.when) for entry in bench.bundle.policy.entries.values() for rule in entry.allow_if_any]


@defect("policy condition dropped")
def condition_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    rule, mark, when = chance.choice(_policy_rules(bench))
    parts = conjuncts(when)
    if len(parts) < 2:
        return None
    kept = " and ".join(p for p in parts if p != chance.choice(parts))
    return mutant(bench, "policy condition dropped", bench.with_line(mark, bench.line(mark).replace(when, kept or parts[0], 1)),
                  mark, "E-NEVER E-POLICY E-PII", rule)


@defect("policy rule dropped")
def rule_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    rule, mark, _ = chance.choice(_policy_rules(bench))
    line = bench.line(mark)
    if not re.fullmatch(r"\s+- \{id: .*\}.*", line):
        return None
    policy = range(1, bench.files[mark.file].count(b"\n") + 2)
    return mutant(bench, "policy rule dropped", bench.with_line(mark, None), mark, "E-POLICY E-SCHEMA E-NEVER E-UNREACH", rule, policy)


@defect("wrong policy named")
def wrong_policy(bench: Bench, chance: random.Random) -> Mutant | None:
    doors = [node for _, node in bench.nodes if node.kind in ("transfer", "promise")]
    node = chance.choice(doors)
    mark = node.marks[f"{node.kind}.policy"]
    other = chance.choice([p for p in bench.bundle.policy.entries if p != node.params.policy])
    return mutant(bench, "wrong policy named", bench.replaced(mark, other, len(node.params.policy)), mark,
                  "E-POLICY E-NEVER", f"{node.id}: {other}", bench.around(node))


@defect("assignment dropped")
def set_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    flow, node, outcome, mark = chance.choice([t for t in own_targets(bench) if t[1].to[t[2]].set])
    line = bench.line(mark)
    shorter = re.sub(rf"\{{set: \{{[^{{}}]*\}}, go: ({node.to[outcome].go})\}}", r"\1", line, count=1)
    if shorter == line:
        return None
    return mutant(bench, "assignment dropped", bench.with_line(mark, shorter), mark, _GRAPH, f"{node.id}.{outcome}", bench.around(node))


@defect("assignment changed")
def set_changed(bench: Bench, chance: random.Random) -> Mutant | None:
    flow, node, outcome, mark = chance.choice([t for t in own_targets(bench) if t[1].to[t[2]].set])
    name, value = chance.choice(list(node.to[outcome].set.items()))
    other = chance.choice([v for v in bench.bundle.flows[flow].vars.get(name, (value,)) if v != value] or [value])
    line = bench.line(mark).replace(f"{name}: {value}", f"{name}: {other}", 1)
    if line == bench.line(mark):
        return None
    return mutant(bench, "assignment changed", bench.with_line(mark, line), mark, _GRAPH, f"{node.id}.{outcome} {name} = {other}",
                  bench.around(node))


@defect("reset dropped")
def reset_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    nodes = [n for _, n in bench.nodes if n.kind == "set" and len(n.params.vars) > 2]
    if not nodes:
        return None
    node = chance.choice(nodes)
    name = chance.choice(list(node.params.vars))
    for number in bench.around(node):
        mark = Mark(node.mark.file, number)
        line = bench.line(mark)
        shorter = re.sub(rf"\b{name}: \w+(, )?", "", line, count=1)
        if shorter != line:
            return mutant(bench, "reset dropped", bench.with_line(mark, shorter), mark, _GRAPH, f"{node.id} {name}", bench.around(node))
    return None


@defect("verification skipped")
def verification_skipped(bench: Bench, chance: random.Random) -> Mutant | None:
    """Whoever was not verified goes on as if they had been."""
    pairs = [("not_verified", "verified"), ("locked", "verified"), ("absent", "on_file"), ("unknown", "on_file"), ("error", "on_file")]
    found = [(n, a, b, m) for _, n, o, m in own_targets(bench) for a, b in pairs if o == a and b in n.to]
    if not found:
        return None
    node, bad, good, mark = chance.choice(found)
    return mutant(bench, "verification skipped", bench.replaced(mark, node.to[good].go, len(node.to[bad].go)), mark, "E-PII E-NEVER",
                  f"{node.id}.{bad} -> {node.to[good].go}", bench.around(node))


@defect("consent dropped")
def consent_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    node = chance.choice([n for _, n in bench.nodes if n.kind == "send"])
    line = bench.line(node.mark)
    changed = line.replace(f"{{message: {node.params.message}", f"{{message: {node.params.message}, consent: given", 1)
    if changed == line:
        return None
    return mutant(bench, "consent dropped", bench.with_line(node.mark, changed), node.mark, "E-CONSENT", node.id)


@defect("wait not announced")
def wait_unannounced(bench: Bench, chance: random.Random) -> Mutant | None:
    names = {n for r in bench.bundle.policy.always if r.form == "heard" for n in r.names}
    nodes = [n for _, n in bench.nodes if n.kind == "say" and len(n.params.items) > 1 and names & {i.prompt for i in n.params.items}]
    if not nodes:
        return None
    node = chance.choice(nodes)
    for number in bench.around(node):
        mark = Mark(node.mark.file, number)
        line = bench.line(mark)
        any_name = "|".join(names)
        shorter = re.sub(rf"\{{prompt: ({any_name}), if: [^{{}}]*\}}(, )?|(?<=, )({any_name})\b(, )?", "", line, count=1)
        shorter = re.sub(r", \]", "]", shorter)
        if shorter != line and not re.search(r"\[\s*\]", shorter):
            files = bench.with_line(mark, None if re.search(r"^\s*-\s*$", shorter) else shorter)
            return mutant(bench, "wait not announced", files, mark, "E-ALWAYS E-UNREACH", node.id, bench.around(node))
    return None


@defect("next step dropped")
def step_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    """A refusal or the safe landing no longer names the facts that help, in one language."""
    keys = {e.else_say for e in bench.bundle.policy.entries.values()} | {"safe_landing", "agent_rules"}
    language = chance.choice(bench.bundle.languages)
    prompts = [p for k, p in bench.bundle.prompts[language].items() if k in keys and "{fact." in p.variants.get("voice", "")]
    if not prompts:
        return None
    mark = chance.choice(prompts).mark
    line = re.sub(r"\{fact\.\w+\}", {"en": "our website", "es": "nuestra página"}.get(language, "-"), bench.line(mark))
    if line == bench.line(mark):
        return None
    return mutant(bench, "next step dropped", bench.with_line(mark, line), mark, "E-ALWAYS E-LANG E-DEAD", f"{language} {mark.line}")


def _prompt_line(bench: Bench, chance: random.Random, language: str, wanted: str) -> Mark | None:
    marks = [p.mark for p in bench.bundle.prompts[language].values() if re.search(wanted, bench.line(p.mark))]
    return chance.choice(marks) if marks else None


@defect("translation dropped")
def translation_dropped(bench: Bench, chance: random.Random) -> Mutant | None:
    """What is missing has no line: the one to point at is that of the language which has it."""
    first, last = bench.bundle.languages[0], bench.bundle.languages[-1]
    mark = _prompt_line(bench, chance, last, r'^  \w+: "')
    key = re.match(r"\s*(\w+):", bench.line(mark)) if mark else None
    if mark is None or key is None:
        return None
    other = bench.bundle.prompts[first][key[1]].mark
    return mutant(bench, "translation dropped", bench.with_line(mark, None), other, "E-LANG E-REF", f"{last} {key[1]}")


@defect("translation forgotten")
def untranslated(bench: Bench, chance: random.Random) -> Mutant | None:
    first, last = bench.bundle.languages[0], bench.bundle.languages[-1]
    key = chance.choice(list(bench.bundle.prompts[last]))
    here, there = bench.bundle.prompts[last][key], bench.bundle.prompts[first].get(key)
    if there is None or not re.match(r'  \w+: "', bench.line(here.mark)) or not re.match(r'  \w+: "', bench.line(there.mark)):
        return None
    if len(re.sub(r"\{[^}]*\}", "", there.variants.get("voice", "")).split()) < 5:
        return None
    return mutant(bench, "translation forgotten", bench.with_line(here.mark, bench.line(there.mark)), here.mark, "E-LANG", key)


@defect("slot leaked")
def slot_leaked(bench: Bench, chance: random.Random) -> Mutant | None:
    slots = [item for f in bench.bundle.flows.values() for item in f.slots.items()]
    secret = [n for n, s in slots if s.sensitive and s.type not in ("yes_no", "form") and "prompt" not in s.allow]
    mark = _prompt_line(bench, chance, bench.bundle.languages[0], r'^  \w+: "[^{]*\."$')
    if not secret or mark is None:
        return None
    line = bench.line(mark)[:-1] + f" {{slot.{chance.choice(secret)}}}\""
    return mutant(bench, "slot leaked", bench.with_line(mark, line), mark, "E-PII E-LANG E-REF", bench.line(mark)[:30])


@defect("value written out")
def raw_value(bench: Bench, chance: random.Random) -> Mutant | None:
    plain = re.compile(r"\d{3}-\d{4}|\.gov|\d+ (days|hours|months|minutes)|a\.m\.")
    facts = {n: f for n, f in bench.bundle.facts.items() if plain.search(f.value)}
    wanted = r"\{fact\.(" + "|".join(facts) + r")\}"
    mark = _prompt_line(bench, chance, bench.bundle.languages[0], wanted)
    if mark is None:
        return None
    line = re.sub(wanted, lambda m: facts[m[1]].value, bench.line(mark), count=1)
    return mutant(bench, "value written out", bench.with_line(mark, line), mark, "E-FACT E-LANG", bench.line(mark)[:30])


@defect("retry limit broken")
def retries(bench: Bench, chance: random.Random) -> Mutant | None:
    node = chance.choice([n for _, n in bench.nodes if n.kind == "collect"])
    mark = node.marks["collect.prompt"]
    return mutant(bench, "retry limit broken", bench.replaced(mark, f"{node.params.prompt}, retries: {chance.randint(5, 99)}",
                                                              len(node.params.prompt)), mark, "E-SCHEMA", node.id)


@defect("hours broken")
def hours(bench: Bench, chance: random.Random) -> Mutant | None:
    number = next(n for n, line in enumerate(bench.files["calendar.yaml"].decode().split("\n"), 1) if "-20:00" in line or "-2" in line)
    mark = Mark("calendar.yaml", number)
    spans = list(re.finditer(r'"(\d\d):\d\d-\d\d:\d\d"', bench.line(mark)))
    span = chance.choice(spans)
    new = chance.choice(['"20:00-08:00"', '"08:00-12:00, 11:00-20:00"', '"08:00-25:00"', '"8-20"'])
    line = bench.line(mark)[:span.start()] + new + bench.line(mark)[span.end():]
    return mutant(bench, "hours broken", bench.with_line(mark, line), mark, "E-TIME E-SCHEMA", new)


@defect("name misspelt")
def misspelt(bench: Bench, chance: random.Random) -> Mutant:
    _, node, outcome, mark = chance.choice(own_targets(bench))
    name = node.to[outcome].go
    at = chance.randrange(1, len(name))
    files = bench.replaced(mark, name[:at] + "x" + name[at:], len(name))
    return mutant(bench, "name misspelt", files, mark, "E-REF", f"{node.id}.{outcome}")


@defect("key doubled")
def doubled(bench: Bench, chance: random.Random) -> Mutant | None:
    _, node = chance.choice(bench.nodes)
    line = bench.line(node.mark)
    if not line.rstrip().endswith("}"):
        return None
    mark = Mark(node.mark.file, node.mark.line + 1)
    return mutant(bench, "key doubled", bench.with_line(node.mark, f"{line}\n{line}"), mark, "E-YAML", node.id)


# -- what must not matter -----------------------------------------------------------------------------------------------


def _flow_file(bench: Bench, chance: random.Random) -> str:
    return chance.choice([f.file for f in bench.bundle.flows.values()])


@harmless("comment added")
def comment(bench: Bench, chance: random.Random) -> Mutant:
    _, node = chance.choice(bench.nodes)
    note = f"  # {chance.randrange(10_000)} a remark: {{not}} read by anybody\n"
    return mutant(bench, "comment added", bench.with_line(node.mark, note + bench.line(node.mark)), node.mark, "", node.id)


@harmless("lines added")
def blank(bench: Bench, chance: random.Random) -> Mutant:
    _, node = chance.choice(bench.nodes)
    files = bench.with_line(node.mark, "\n" * chance.randint(1, 9) + bench.line(node.mark))
    return mutant(bench, "lines added", files, node.mark, "", node.id)


@harmless("nodes reordered")
def reordered(bench: Bench, chance: random.Random) -> Mutant | None:
    file = _flow_file(bench, chance)
    single = [n for _, n in bench.nodes if n.mark.file == file and bench.line(n.mark).rstrip().endswith("}") and len(bench.around(n)) == 1]
    if len(single) < 2:
        return None
    one, other = chance.sample(single, 2)
    lines = bench.files[file].decode().split("\n")
    a, b = one.mark.line - 1, other.mark.line - 1
    lines[a], lines[b] = lines[b], lines[a]
    return mutant(bench, "nodes reordered", {**bench.files, file: "\n".join(lines).encode()}, one.mark, "", f"{one.id} {other.id}")


@harmless("node renamed")
def renamed(bench: Bench, chance: random.Random) -> Mutant | None:
    flow, node = chance.choice(bench.nodes)
    if node.id in ("safe_landing", "goodbye", flow.start) or node.id in flow.results:
        return None
    text = bench.files[flow.file].decode()
    places = {(n.mark.line, n.mark.column) for n in flow.nodes.values() if n.id == node.id}
    places |= {(t.mark.line, t.mark.column) for n in flow.nodes.values() for t in n.to.values() if t.go == node.id}
    places |= {(t.mark.line, t.mark.column) for o in flow.defaults.targets.values() for t in o.values() if t.go == node.id}
    if node.id in flow.defaults.places.values():
        return None
    lines = text.split("\n")
    for line, column in sorted(places, reverse=True):
        if lines[line - 1][column - 1:column - 1 + len(node.id)] == node.id:
            lines[line - 1] = lines[line - 1][:column - 1] + f"{node.id}_renamed" + lines[line - 1][column - 1 + len(node.id):]
    return mutant(bench, "node renamed", {**bench.files, flow.file: "\n".join(lines).encode()}, node.mark, "", node.id)


@harmless("line ends changed")
def windows(bench: Bench, chance: random.Random) -> Mutant:
    file = chance.choice(sorted(bench.files))
    return Mutant("line ends changed", {**bench.files, file: bench.files[file].replace(b"\n", b"\r\n")}, file, range(1), frozenset(), file)

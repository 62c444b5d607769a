// The caller: what is known, what was said and sent, and the masked values, of which one is shown in full for a reason.

import { byId, clock, dateTime, element, facts, plain, show } from "./agent_dom.js";

const TOLD_ABOVE = ["reason", "language", "intent"]; // among what is known already

export class Caller {
  constructor(desk) {
    this.desk = desk;
    this.beganMs = 0;
    this.slot = "";
    this.arrived = "";
    byId("reveal").addEventListener("submit", (event) => this.ask(event));
    byId("reveal-cancel").addEventListener("click", () => this.cancel());
    desk.on("caller", (packet) => this.begin(packet));
    desk.on("revealed", (message) => this.revealed(message));
    desk.on("held", ({ on }) => { desk.held = on; this.state(); });
    desk.on("muted", () => this.state());
    desk.on("stage", (before) => this.staged(before));
    desk.on("second", () => this.tick());
    // Whoever works elsewhere now, or not at all, leaves nobody's data behind on a screen that nobody may be at.
    for (const over of ["line:elsewhere", "line:refused"]) desk.on(over, () => this.end());
  }

  begin(packet) {
    const { desk } = this;
    // The same again: the connection is back. Not so when a colleague hands over whom they asked about.
    const same = desk.packet?.call === packet.call && desk.isAsked === Boolean(packet.consult);
    desk.held = false;
    this.fill(packet);
    if (same) {
      desk.tell("again", packet);
      return this.state();
    }
    this.arrived = "";
    this.beganMs = Date.now();
    desk.tell("begun", packet);
    this.state();
    show("call", true);
    byId("said").scrollTop = byId("said").scrollHeight;
    return this.arrive();
  }

  // Once for each caller, when packet and presence are both here, in whatever order they came.
  arrive() {
    const { desk } = this;
    const { packet } = desk;
    if (desk.doing !== "talking" || !packet || this.arrived === packet.call) return;
    this.arrived = packet.call;
    desk.polite(`${desk.word("in_conversation")}: ${desk.name("channel", packet.channel)}, ${desk.name("language", packet.language)}`);
    const writes = packet.channel !== "voice" && !packet.consult;
    queueMicrotask(() => desk.focus(writes ? byId("line-text") : byId("call-title")));
  }

  fill(packet) {
    const { desk } = this;
    desk.packet = packet;
    facts(byId("facts"), this.facts(packet));
    this.values(packet.slots ?? {});
    const said = (packet.said ?? []).map(({ who, text }) => this.line(who, text, packet.language));
    byId("said").replaceChildren(...(said.length ? said : [element("p", desk.word("nothing_said"))]));
    const links = packet.links ?? [];
    byId("links").replaceChildren(...(links.length ? links : [desk.word("no_links")]).map((text) => element("li", text)));
    this.previous(packet.previous ?? []);
  }

  facts(packet) {
    const { desk } = this;
    const mode = packet.channel === "tty" ? desk.name("mode", packet.tty_mode || "text") : ""; // nothing: types and reads
    const by = [desk.name("channel", packet.channel), mode, packet.relay ? desk.word("relay") : ""].filter(Boolean).join(", ");
    const { state = "unknown", as = "" } = packet.verified ?? {};
    return [
      ...this.promised(packet),
      [desk.word("verified"), [desk.name("verified", state || "unknown"), as === "none" ? "" : desk.name("as", as)].filter(Boolean).join(" · ")],
      [desk.word("reason"), desk.topic(packet.reason)], [desk.word("intent"), desk.topic(packet.intent)],
      [desk.word("colleague_note"), packet.note || packet.promised?.note], [desk.word("language"), desk.name("language", packet.language)],
      [desk.word("channel"), by], [desk.word("queue"), packet.queue], [desk.word("number_is"), packet.number],
      [desk.word("rule"), [packet.rule, packet.policy].filter(Boolean).join(" · ")],
    ];
  }

  // Somebody whom we have called: what was promised, and that what is shown below is of the call in which it was.
  promised(packet) {
    if (!packet.called_back) return [];
    const { desk } = this;
    const { promised = {}, then } = packet;
    const { state = "unknown", as = "" } = then?.verified ?? {};
    const was = [desk.name("verified_was", state || "unknown"), as === "none" ? "" : desk.name("as", as)].filter(Boolean).join(" · ");
    const urgent = desk.word(promised.urgency === "urgent" ? "is_urgent" : "not_urgent");
    return [
      [desk.word("called_back"), `${packet.reference} · ${urgent}`],
      [desk.word("promised_at"), dateTime(promised.promised_at, desk.language)],
      [desk.word("due_by"), dateTime(promised.due_by, desk.language)],
      [desk.word("then"), then ? `${dateTime(then.at, desk.language)}. ${desk.word("then_below")}` : desk.word("then_gone")],
      [desk.word("verified_then"), then ? was : ""],
      [desk.word("notes"), (promised.notes ?? []).map(({ note }) => note).filter(Boolean).join(" / ")],
    ];
  }

  line(who, text, language) {
    const line = element("p");
    line.append(element("span", `${this.desk.name("who", who)}: `, { class: "who" }), element("span", text, { lang: language }));
    return line;
  }

  // Calls of the same number before this one, without anything about a case.
  previous(calls) {
    const { desk } = this;
    const lines = calls.map(({ at, reason, outcome, disposition }) => [
      dateTime(at, desk.language), desk.topic(reason), plain(outcome), disposition ? desk.name("disposition", disposition) : "",
    ].filter(Boolean).join(" · "));
    byId("previous-calls").replaceChildren(...(lines.length ? lines : [desk.word("no_previous")]).map((text) => element("li", text)));
  }

  // -- masked values

  values(slots) {
    const rows = Object.entries(slots).filter(([slot]) => !TOLD_ABOVE.includes(slot)).map(([slot, value]) => this.value(slot, value));
    byId("values").replaceChildren(...(rows.length ? rows : [element("li", this.desk.word("no_values"))]));
  }

  value(slot, value) {
    const row = element("li", "", { "data-slot": slot });
    row.append(element("b", `${plain(slot)}:`), element("span", value, { class: "value" }));
    if (!/[*•…]/.test(value)) return row; // it is no secret
    const button = element("button", this.desk.word("reveal"), {
      type: "button", class: "quiet small", "aria-label": this.desk.word("reveal_of", { slot: plain(slot) }),
    });
    button.addEventListener("click", () => this.open(slot));
    row.append(button);
    return row;
  }

  open(slot) {
    this.slot = slot;
    byId("reveal-slot").textContent = this.desk.word("reveal_asked", { slot: plain(slot) });
    byId("reveal-reason").value = "";
    show("reveal", true);
    byId("reveal-reason").focus();
  }

  ask(event) {
    event.preventDefault();
    const reason = byId("reveal-reason").value.trim();
    if (reason && this.desk.send("reveal", { slot: this.slot, reason })) this.cancel();
  }

  cancel() {
    show("reveal", false);
    (this.row(this.slot)?.querySelector("button") ?? byId("values-title")).focus();
  }

  revealed({ slot, value }) {
    const row = this.row(slot);
    if (!row) return;
    row.querySelector(".value").textContent = value;
    const button = row.querySelector("button");
    const had = button === document.activeElement;
    button?.remove();
    if (had) byId("values-title").focus();
    this.desk.polite(this.desk.word("revealed", { slot: plain(slot) }));
  }

  row(slot) {
    return [...byId("values").children].find((row) => row.dataset.slot === slot);
  }

  // -- where the call stands

  state() {
    const { desk } = this;
    const words = [desk.word(desk.isAsked ? "consult_asked" : desk.held ? "on_hold" : "in_conversation")];
    if (byId("mute").getAttribute("aria-pressed") === "true") words.push(desk.word("muted"));
    byId("call-state").textContent = desk.doing === "talking" ? words.join(". ") : desk.word("ended_state");
    byId("hold").setAttribute("aria-pressed", String(desk.held));
    if (desk.doing === "talking" && this.held !== desk.held && this.held !== undefined) desk.polite(words[0]);
    this.held = desk.held;
  }

  staged(before) {
    const { desk } = this;
    if (["ready", "away"].includes(desk.doing)) this.end(before);
    else if (desk.packet && desk.doing !== "lost") this.state();
    show("controls", desk.doing === "talking");
    this.arrive();
  }

  // Nothing about somebody stays on the screen.
  end(before) {
    const lost = Boolean(this.desk.packet) && before === "lost";
    this.desk.packet = null;
    this.arrived = "";
    show("call", false);
    show("reveal", false);
    for (const id of ["facts", "values", "said", "links", "previous-calls"]) byId(id).replaceChildren();
    if (lost) this.desk.urgent(this.desk.word("caller_gone_back"));
  }

  tick() {
    if (this.desk.doing === "talking") byId("call-clock").textContent = clock((Date.now() - this.beganMs) / 1000);
  }
}

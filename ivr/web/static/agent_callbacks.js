// Calls that were promised, worked from the same screen: in the order of the server's; a note, or how it was closed.

import { byId, dateTime, element, facts } from "./agent_dom.js";

export class Callbacks {
  constructor(desk, api) {
    Object.assign(this, { desk, api });
    this.dispositions = desk.settings.dispositions.callback;
    desk.on("panel:callbacks", () => this.look());
    byId("callbacks-again").addEventListener("click", () => this.look());
  }

  async look() {
    byId("callbacks-problem").textContent = "";
    try {
      const { callbacks = [] } = await this.api.get("/callbacks");
      const items = callbacks.map((callback) => this.item(callback));
      byId("callbacks-list").replaceChildren(...(items.length ? items : [element("li", this.desk.word("no_callbacks"))]));
    } catch (error) {
      byId("callbacks-problem").textContent = error.message;
    }
  }

  item(callback) {
    const { desk } = this;
    const item = element("li", "", { class: "callback" });
    const isCall = callback.kind === "callback";
    const named = isCall ? desk.word("callback_of", callback) : `${desk.name("kind", callback.kind)} ${callback.reference}`;
    const title = element("h3", named);
    const known = element("dl", "", { class: "facts" });
    facts(known, [
      [desk.word("urgency_is"), desk.word(callback.urgency === "urgent" ? "is_urgent" : "not_urgent")],
      [desk.word("due_by"), dateTime(callback.due_by, desk.language)], [desk.word("next_at"), dateTime(callback.next_at, desk.language)],
      [desk.word("promised_at"), dateTime(callback.promised_at, desk.language)], [desk.word("reason"), desk.topic(callback.reason)],
      [desk.word("kind"), desk.name("kind", callback.kind)], [desk.word("state"), desk.name("promised", callback.state)],
      [desk.word("language"), callback.language && desk.name("language", callback.language)],
      [desk.word("tier"), callback.tier], [desk.word("number"), callback.number],
    ]);
    item.append(title, ...(callback.is_late ? [element("p", desk.word("late"), { class: "late" })] : []), known);
    item.append(this.work(callback));
    return item;
  }

  // Opened on demand, so that a long list is a short way by keyboard.
  work(callback) {
    const { desk } = this;
    const [more, form] = [element("details"), element("form")];
    const [note, outcome] = [element("input", "", { maxlength: "1000", autocomplete: "off" }), element("select")];
    outcome.append(new Option(desk.word("choose"), ""), ...this.dispositions.map((name) => new Option(desk.name("disposition", name), name)));
    form.append(labelled(desk.word("note"), note), labelled(desk.word("disposition"), outcome));
    const buttons = form.appendChild(element("div", "", { class: "row" }));
    buttons.append(element("button", desk.word("add_note"), { class: "quiet", value: "note" }),
      element("button", desk.word("close_callback"), { value: "close" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(callback, event.submitter?.value ?? "note", note, outcome);
    });
    more.append(element("summary", `${desk.word("add_note")}, ${desk.word("close_callback")}`), form);
    return more;
  }

  async send({ key, reference }, what, note, outcome) {
    const { desk } = this;
    const missing = what === "close" ? (!outcome.value && outcome) : (!note.value.trim() && note);
    if (missing) return missing.focus();
    const body = { key, note: note.value.trim(), ...(what === "close" ? { disposition: outcome.value } : {}) };
    try {
      await this.api.post(`/callbacks/${what}`, body);
      await this.look();
      desk.polite(desk.word(what === "close" ? "callback_closed" : "note_added", { reference }));
      byId("callbacks-title").focus();
    } catch (error) {
      byId("callbacks-problem").textContent = error.message;
    }
    return undefined;
  }
}

function labelled(words, field) {
  const label = element("label", words);
  label.append(field);
  return label;
}

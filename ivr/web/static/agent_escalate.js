// Escalating to Tier 2: the number read back before it is sent, and the words to tell the caller afterwards.

import { byId, show } from "./agent_dom.js";

export class Escalate {
  constructor(desk, api) {
    Object.assign(this, { desk, api });
    this.busy = false;
    byId("escalate-number").addEventListener("input", () => this.read());
    byId("escalate-form").addEventListener("submit", (event) => this.send(event));
    desk.on("begun", () => this.clear());
    desk.on("stage", () => desk.packet || this.clear());
  }

  clear() {
    byId("escalate-form").reset();
    show("escalate-form", true);
    show("escalated", false);
    byId("escalate-read").textContent = "";
    for (const id of ["escalated-words", "escalated-reference", "escalated-within"]) byId(id).textContent = "";
  }

  // Another number has to be read back anew.
  read() {
    const digits = byId("escalate-number").value.replaceAll(/\D/g, "").split("").join(" ");
    byId("escalate-read").textContent = digits && this.desk.word("number_read", { digits });
    byId("read-back").checked = false;
  }

  async send(event) {
    event.preventDefault();
    const number = byId("escalate-number").value.trim();
    const digits = number.replaceAll(/\D/g, "").length;
    byId("escalate-problem").textContent = "";
    if (digits < 10 || digits > 15) {
      byId("escalate-problem").textContent = this.desk.word("number_problem");
      return byId("escalate-number").focus();
    }
    if (this.busy) return undefined;
    this.busy = true;
    const call = this.desk.packet?.call;
    try {
      this.done(call, await this.api.post("/escalate", {
        call, number, urgency: new FormData(event.target).get("urgency"), read_back: byId("read-back").checked,
        email: byId("escalate-email").value.trim(), note: byId("escalate-note").value.trim(),
      }));
    } catch (error) {
      byId("escalate-problem").textContent = error.message;
    } finally {
      this.busy = false;
    }
    return undefined;
  }

  done(call, { reference, within, words }) {
    const { desk } = this;
    if (desk.packet?.call !== call) return;
    show("escalate-form", false);
    show("escalated", true);
    byId("escalated-words").textContent = words;
    byId("escalated-words").lang = desk.packet.language;
    byId("escalated-reference").textContent = reference;
    byId("escalated-within").textContent = within;
    desk.polite(desk.word("escalated"));
    byId("escalated").focus();
    desk.tell("escalated", { urgency: new FormData(byId("escalate-form")).get("urgency") });
  }
}

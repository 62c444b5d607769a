// Parts of the page that open beside the work: one at a time, each with a button that says whether it is open.

import { byId } from "./agent_dom.js";

const NEEDS = { keypad: ["talking"], transfer: ["talking"], knowledge: ["talking", "wrap_up"], escalate: ["talking", "wrap_up"],
  previous: ["talking", "wrap_up"] };

export class Panels {
  constructor(desk) {
    this.desk = desk;
    this.now = "";
    for (const opener of document.querySelectorAll("[data-panel]")) {
      opener.addEventListener("click", () => this.toggle(opener.dataset.panel));
    }
    for (const closer of document.querySelectorAll("[data-close]")) closer.addEventListener("click", () => this.close());
    desk.on("panel:close", () => this.close());
    desk.on("stage", () => this.staged());
  }

  toggle(id) {
    if (this.now === id) return this.close();
    this.put("");
    this.put(id);
    byId(`${id}-problem`).textContent = "";
    byId(`${id}-title`).focus();
    return this.desk.tell(`panel:${id}`);
  }

  close() {
    const id = this.now;
    if (!id) return false;
    this.put("");
    const opener = byId(`open-${id}`);
    (opener.checkVisibility() && !opener.disabled ? opener : byId("doing")).focus();
    return true;
  }

  put(id) {
    for (const each of [this.now, id].filter(Boolean)) {
      byId(each).hidden = each !== id;
      byId(`open-${each}`).setAttribute("aria-expanded", String(each === id));
    }
    this.now = id;
  }

  // What belongs to a caller goes with the caller.
  staged() {
    const needed = NEEDS[this.now];
    if (needed && this.desk.doing !== "lost" && !needed.includes(this.desk.doing)) this.put("");
  }
}

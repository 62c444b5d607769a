// What this member of staff does, since when, how many wait, and which callers they take.

import { byId, clock } from "./agent_dom.js";

const KEPT = "agent-which";

export class Presence {
  constructor(desk, onChange) {
    Object.assign(this, { desk, onChange });
    this.sinceMs = Date.now();
    this.wishes = read();
    byId("ready").addEventListener("click", () => desk.send("ready"));
    byId("away").addEventListener("click", () => desk.send("away"));
    byId("which-form").addEventListener("submit", (event) => this.choose(event));
    desk.on("presence", (message) => this.become(message));
    desk.on("line:lost", () => this.become({ doing: "lost" }));
    desk.on("waiting", ({ count }) => this.waiting(count));
    desk.on("second", () => this.tick());
    this.fill();
  }

  // As part of the introduction: nothing means everything.
  get which() {
    return Object.fromEntries(Object.entries(this.wishes).filter(([, chosen]) => chosen.length));
  }

  get rings() {
    return byId("ring").checked;
  }

  become({ doing }) {
    const before = this.desk.doing;
    this.desk.doing = doing;
    if (doing !== before) {
      this.sinceMs = Date.now();
      byId("doing-words").textContent = this.desk.word(`doing_${doing}`);
      if (["ready", "away"].includes(doing)) this.desk.polite(this.desk.word(`doing_${doing}`));
    }
    for (const each of ["ready", "away"]) {
      byId(each).setAttribute("aria-pressed", String(doing === each));
      byId(each).disabled = !["ready", "away"].includes(doing);
    }
    byId("which-form").querySelector("button").disabled = !["ready", "away"].includes(doing);
    this.tick();
    this.desk.tell("stage", before);
  }

  waiting(count) {
    byId("waiting").textContent = String(count);
  }

  tick() {
    byId("doing-since").textContent = this.desk.doing === "lost" ? "" : clock((Date.now() - this.sinceMs) / 1000);
  }

  choose(event) {
    event.preventDefault();
    const [queues, languages] = ["queue", "language"].map((name) => chosen(name));
    byId("which-problem").textContent = queues.some && languages.some ? "" : this.desk.word("none_chosen");
    if (!queues.some || !languages.some) return;
    this.wishes = { queues: queues.all ? [] : queues.values, languages: languages.all ? [] : languages.values };
    localStorage.setItem(KEPT, JSON.stringify({ ...this.wishes, ring: this.rings }));
    this.desk.polite(this.desk.word("saved"));
    this.onChange();
    this.desk.tell("panel:close");
  }

  // The form as it was left the last time; queues that are gone since then are not in it any more.
  fill() {
    byId("ring").checked = this.wishes.ring;
    delete this.wishes.ring;
    for (const [name, key] of [["queue", "queues"], ["language", "languages"]]) {
      const known = boxes(name);
      this.wishes[key] = this.wishes[key].filter((value) => known.some((box) => box.value === value));
      if (this.wishes[key].length) for (const box of known) box.checked = this.wishes[key].includes(box.value);
    }
  }
}

function boxes(name) {
  return [...byId("which-form").querySelectorAll(`input[name=${name}]`)];
}

function chosen(name) {
  const values = boxes(name).filter((box) => box.checked).map((box) => box.value);
  return { values, some: values.length > 0, all: values.length === boxes(name).length };
}

function read() {
  const list = (value) => (Array.isArray(value) ? value.map(String) : []);
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return { queues: list(kept.queues), languages: list(kept.languages), ring: kept.ring !== false };
  } catch {
    return { queues: [], languages: [], ring: true };
  }
}

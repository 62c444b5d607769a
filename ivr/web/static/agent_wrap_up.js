// After the conversation: what became of it, a note, and for how long it is being written down.

import { byId, clock, show } from "./agent_dom.js";

export class WrapUp {
  constructor(desk, api) {
    Object.assign(this, { desk, api });
    this.call = "";
    this.suggested = "";
    this.busy = false;
    byId("wrap-form").addEventListener("submit", (event) => this.send(event));
    const outcomes = desk.settings.dispositions.call.map((name) => new Option(desk.name("disposition", name), name));
    byId("disposition").replaceChildren(new Option(desk.word("choose"), ""), ...outcomes);
    desk.on("begun", ({ call }) => this.prepare(call));
    desk.on("escalated", ({ urgency }) => { this.suggested = `escalated_${urgency}`; this.suggest(); });
    desk.on("gone", (message) => this.gone(message));
    desk.on("presence", ({ call }) => { if (!desk.packet) this.call = call || this.call; });
    desk.on("stage", (before) => this.staged(before));
    desk.on("line:refused", () => this.leave());
    desk.on("second", () => this.tick());
  }

  prepare(call) {
    Object.assign(this, { call, suggested: "" });
    byId("wrap-form").reset();
    byId("wrap-why").textContent = "";
    byId("wrap-problem").textContent = "";
  }

  gone({ call, why }) {
    if (call !== this.call) return;
    byId("wrap-why").textContent = this.desk.word(`why_${why}`);
    this.desk.urgent(this.desk.word(`why_${why}`));
    this.suggested ||= { transferred: "transferred", left: "caller_left" }[why] ?? "";
  }

  staged(before) {
    const { doing } = this.desk;
    if (doing === "wrap_up" && !byId("wrap").checkVisibility()) {
      this.sinceMs = Date.now();
      show("wrap", true);
      this.tick();
      this.suggest();
      this.desk.focus(byId("disposition"));
    } else if (doing !== "wrap_up" && doing !== "lost" && byId("wrap").checkVisibility()) {
      show("wrap", false);
      if (before === "wrap_up") this.desk.focus(byId("doing"));
    }
  }

  // Signed out: what was begun may name somebody. The form is there again behind the next sign-in.
  leave() {
    byId("wrap-form").reset();
    show("wrap", false);
  }

  suggest() {
    const known = [...byId("disposition").options].some(({ value }) => value === this.suggested);
    if (known && !byId("disposition").value) byId("disposition").value = this.suggested;
  }

  tick() {
    if (this.desk.doing === "wrap_up") byId("wrap-clock").textContent = clock((Date.now() - this.sinceMs) / 1000);
  }

  async send(event) {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const { desk } = this;
    const [disposition, note] = [byId("disposition").value, byId("wrap-note").value.trim()];
    const then = new FormData(event.target).get("then");
    byId("wrap-problem").textContent = "";
    try {
      await this.api.post("/wrap-up", { call: this.call, disposition, note });
      desk.polite(desk.word("wrapped"));
      desk.send(then === "away" ? "away" : "wrapped_up"); // not ready in between: somebody who waits would ring at once
    } catch (error) {
      byId("wrap-problem").textContent = error.message;
    } finally {
      this.busy = false;
    }
  }
}

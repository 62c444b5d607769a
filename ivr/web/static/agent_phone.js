// "Take calls on my phone": callers who speak ring there, on the number that was set up for this member of staff, and pressing 1 takes
// them. Instead of the microphone; the screen goes on showing what is known, and everything but hold and asking a colleague works.

import { byId, show } from "./agent_dom.js";

const KEPT = "agent-phone";

export class Phone {
  // `onChange()`: the page has to introduce itself anew.
  constructor(desk, microphone, onChange) {
    Object.assign(this, { desk, microphone, onChange });
    this.on = Boolean(desk.settings.phone) && localStorage.getItem(KEPT) === "on";
    microphone.tried ||= this.on;
    byId("phone").addEventListener("click", () => this.turn(!this.on));
    desk.on("error", ({ code }) => code === "no_phone" && this.turn(false));
    desk.on("begun", (packet) => this.begin(packet));
    desk.on("stage", () => { byId("phone").disabled = !["ready", "away"].includes(desk.doing); this.shown(); });
    this.shown();
  }

  turn(on) {
    this.on = on;
    localStorage.setItem(KEPT, on ? "on" : "off");
    if (on && this.microphone.on) this.microphone.close("off");
    this.shown();
    byId("phone-words").textContent = this.desk.word(on ? "phone_on" : "phone_off", { ends: this.desk.settings.phone });
    this.onChange();
  }

  shown() {
    show("phone", Boolean(this.desk.settings.phone));
    byId("phone").setAttribute("aria-pressed", String(this.on));
    if (this.on) byId("microphone").disabled = true;
  }

  // What needs a microphone at the screen; whoever types is never on hold.
  begin({ by_phone: byPhone, channel }) {
    show("hold", !byPhone && channel === "voice");
    show("ask-colleague", !byPhone);
  }
}

// Talking with the caller: lines typed both ways, hold, tones of the keypad, hanging up.

import { byId, element, show } from "./agent_dom.js";

const DIGIT_MS = 200; // as long as one takes in the caller's line: those pressed faster than that go out together

export class Talk {
  constructor(desk) {
    this.desk = desk;
    this.pressed = ""; // digits that are not sent yet
    this.sending = false;
    byId("line-form").addEventListener("submit", (event) => this.write(event));
    byId("hold").addEventListener("click", () => desk.send("hold", { on: !desk.held }));
    byId("hang-up").addEventListener("click", () => desk.send("end"));
    for (const button of document.querySelectorAll("[data-digit]")) {
      button.addEventListener("click", () => this.press(button.dataset.digit));
    }
    desk.on("begun", (packet) => this.begin(packet));
    desk.on("again", (packet) => this.retell(packet));
    desk.on("line", ({ call, text }) => call === desk.packet?.call && this.add("caller", text));
    desk.on("stage", () => this.staged());
  }

  begin(packet) {
    const { desk } = this;
    const typed = packet.channel !== "voice";
    show("typing", typed);
    this.retell(packet);
    byId("line-text").value = "";
    byId("digits-sent").textContent = this.pressed = "";
    byId("typing-hint").textContent = typed ? desk.word(packet.relay ? "hint_relay" : `hint_${packet.channel}`) : "";
    const kept = packet.typed_while_waiting ?? [];
    if (kept.length) byId("lines").append(element("p", desk.word("while_waiting"), { class: "hint" }));
    for (const text of kept) this.add("caller", text);
    this.staged();
  }

  // What was written before this page was there, or while it was cut off.
  retell({ lines = [] }) {
    byId("lines").replaceChildren();
    for (const { who, text } of lines) this.add(who, text);
  }

  staged() {
    const talking = this.desk.doing === "talking" && !this.desk.isAsked;
    show("open-keypad", talking && Boolean(this.desk.packet?.speaks));
    show("line-form", talking);
    if (!this.desk.packet) {
      byId("lines").replaceChildren();
      byId("line-text").value = "";
    }
  }

  write(event) {
    event.preventDefault();
    const text = byId("line-text").value.trim();
    if (!text || !this.desk.send("line", { text })) return;
    this.add("you", text);
    byId("line-text").value = "";
  }

  add(who, text) {
    const line = element("p");
    const { packet, words } = { packet: this.desk.packet, words: this.desk.name("who", who) };
    line.append(element("span", `${words}: `, { class: "who" }), element("span", text, { lang: packet.language }));
    byId("lines").append(line);
    byId("lines").scrollTop = byId("lines").scrollHeight;
  }

  press(digit) {
    if (this.desk.doing !== "talking") return;
    byId("digits-sent").textContent += digit;
    this.pressed += digit;
    if (!this.sending) this.sendDigits();
  }

  sendDigits() {
    const digits = this.pressed;
    this.pressed = "";
    this.sending = Boolean(digits) && this.desk.doing === "talking" && this.desk.send("digits", { digits });
    if (this.sending) setTimeout(() => this.sendDigits(), DIGIT_MS * digits.length);
  }
}

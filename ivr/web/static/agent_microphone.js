// "Take calls here": microphone and loudspeaker of this member of staff. Without them only callers who type are taken.

import { byId, show } from "./agent_dom.js";
import { decode, encode } from "./mulaw.js";
import { Sound } from "./sound.js";

export class Microphone {
  // `onChange()`: the page has to introduce itself anew.
  constructor(desk, onChange) {
    Object.assign(this, { desk, onChange });
    this.sound = null;
    this.muted = false;
    byId("microphone").addEventListener("click", () => this.toggle());
    byId("mute").addEventListener("click", () => this.mute(!this.muted));
    desk.on("sound", (bytes) => this.sound?.play(decode(bytes)));
    desk.on("stage", () => this.staged());
    desk.on("held", () => this.sound?.forget());
  }

  get on() {
    return this.sound !== null;
  }

  async toggle() {
    if (byId("microphone").disabled || this.opening) return;
    this.opening = true;
    if (this.on) this.close("off");
    else await this.open();
    this.opening = false;
    this.onChange();
  }

  async open() {
    const asked = new URL(location.href).searchParams;
    const sound = new Sound({
      raw: asked.get("raw") === "1", live: true, hertz: Number(asked.get("hertz")) || undefined,
      onFrame: (samples) => this.desk.speaks && this.desk.line.sound(encode(samples)),
      onMicrophoneLost: () => this.lost(),
    });
    const became = await sound.open().catch(() => "no_sound");
    if (became === "on") this.sound = sound;
    else sound.close();
    this.tell(became);
  }

  close(why) {
    this.sound?.close();
    this.sound = null;
    this.tell(why);
  }

  lost() {
    this.close("lost");
    this.desk.urgent(this.desk.word("mic_lost"));
    if (["ready", "away"].includes(this.desk.doing)) this.onChange();
  }

  mute(muted) {
    this.muted = muted;
    this.sound?.mute(muted);
    byId("mute").setAttribute("aria-pressed", String(muted));
    this.desk.tell("muted");
  }

  tell(became) {
    byId("microphone-words").textContent = this.desk.word(`mic_${became}`);
    const key = byId("microphone").querySelector("kbd");
    byId("microphone").replaceChildren(this.desk.word(this.on ? "stop_calls" : "take_calls"), " ", key);
  }

  // Never in the middle of a conversation, unless the microphone broke off: then it is joined again.
  staged() {
    const { doing, packet } = this.desk;
    byId("microphone").disabled = !["ready", "away"].includes(doing) && !(doing === "talking" && !this.on);
    show("mute", doing === "talking" && Boolean(packet?.speaks));
    if (doing !== "talking" && this.muted) this.mute(false);
    if (!this.desk.speaks) this.sound?.forget();
  }
}

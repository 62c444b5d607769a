// "Take calls here": microphone and loudspeaker of this member of staff. Without them only callers who type are taken.

import { byId, show } from "./agent_dom.js";
import { decode, encode } from "./mulaw.js";
import { Sound } from "./sound.js";

const KEPT = "agent-microphone";

async function permission() {
  try {
    return (await navigator.permissions.query({ name: "microphone" })).state;
  } catch {
    return "unknown";
  }
}

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
    this.tried = true;
    if (byId("microphone").disabled || this.opening) return;
    this.opening = true;
    if (this.on) this.close("off");
    else await this.open();
    localStorage.setItem(KEPT, this.on ? "on" : "off");
    this.opening = false;
    this.onChange();
  }

  async open({ unasked = false } = {}) {
    const asked = new URL(location.href).searchParams;
    const sound = new Sound({
      raw: asked.get("raw") === "1", live: true, unasked, hertz: Number(asked.get("hertz")) || undefined,
      onFrame: (samples) => this.desk.speaks && this.desk.line.sound(encode(samples)),
      onMicrophoneLost: () => this.lost(),
    });
    const became = await sound.open().catch(() => (unasked ? "off" : "no_sound"));
    if (became === "on") this.sound = sound;
    else sound.close();
    this.tell(became);
  }

  // After the page was loaded anew, without a click: where this browser allows it for good, and it was on the last time. Browsers that
  // cannot say so leave it to the button.
  async again() {
    if (this.tried || this.on || localStorage.getItem(KEPT) !== "on") return;
    this.tried = true;
    if ((await permission()) !== "granted" || this.opening || this.on) return;
    this.opening = true;
    await this.open({ unasked: true });
    this.opening = false;
    if (this.on) this.onChange();
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
    if (!byId("microphone").disabled) this.again();
    show("mute", doing === "talking" && Boolean(packet?.speaks));
    if (doing !== "talking" && this.muted) this.mute(false);
    if (!this.desk.speaks) this.sound?.forget();
  }
}

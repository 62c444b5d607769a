// What all parts of the console share: what this member of staff does, the caller, the words, and who wants to hear of what.

import { byId, isField, plain } from "./agent_dom.js";

const SECOND_MS = 1000;

export class Desk {
  constructor(settings) {
    Object.assign(this, { settings, language: settings.language });
    this.doing = "lost"; // lost | ready | away | offered | talking | wrap_up
    this.packet = null; // the caller's, from the beginning of the conversation to the end of the wrap-up
    this.held = false;
    this.consults = false; // whether a colleague is at the other end, asked by us
    this.line = null;
    this.takers = new Map();
    setInterval(() => this.tell("second"), SECOND_MS);
  }

  // `type` is a message of the server's, or one of our own: stage, second, sound, panel, line:open|lost|refused|elsewhere.
  on(type, take) {
    this.takers.set(type, [...(this.takers.get(type) ?? []), take]);
  }

  tell(type, detail = {}) {
    for (const take of this.takers.get(type) ?? []) take(detail);
  }

  // False: there is no connection, and nothing was sent.
  send(type, body = {}) {
    return this.line.send({ type, ...body });
  }

  // Whether we are the colleague who was asked: the caller waits meanwhile, with whoever asked.
  get isAsked() {
    return Boolean(this.packet?.consult);
  }

  // Whether sound goes both ways now.
  get speaks() {
    return this.doing === "talking" && (this.consults || (Boolean(this.packet?.speaks) && !this.held));
  }

  word(key, values = {}) {
    return (this.settings.words[key] ?? key).replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  // The word for a name of the server's, or the name itself made readable.
  name(kind, name) {
    return this.settings.words[`${kind}_${name}`] ?? plain(name);
  }

  // What a call is about, as the bundle calls it in the language of the page.
  topic(name) {
    return this.settings.topics?.[name] ?? plain(name);
  }

  // Why something was not done: by the words of the page for the server's code, else as the server said it.
  refusal(code, message) {
    return this.word("refused", { message: this.settings.words[`refused_${code}`] ?? message ?? plain(code) });
  }

  // Told by screen readers: at the next pause, or at once.
  polite(text) {
    announce(byId("polite"), text);
  }

  urgent(text) {
    announce(byId("urgent"), text);
  }

  // To where the work is now; whoever is writing is left alone.
  focus(target) {
    const now = document.activeElement;
    if (isField(now) && now.checkVisibility() && now !== target) return;
    target.focus();
  }
}

// The same text twice in a row is told twice only if it was gone in between.
function announce(region, text) {
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

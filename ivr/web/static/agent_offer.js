// A caller who is offered: in words, by sound and in the title of the page, with the seconds that are left.

import { byId, clock, facts, show } from "./agent_dom.js";
import { Ring } from "./agent_ring.js";

const TELL_AT = [10, 5];

export class Offer {
  // `rings()`: whether it may be heard.
  constructor(desk, rings) {
    Object.assign(this, { desk, rings });
    this.offer = null;
    this.ring = new Ring();
    this.title = document.title;
    byId("answer").addEventListener("click", () => this.take("answer"));
    byId("decline").addEventListener("click", () => this.take("decline"));
    desk.on("offer", (offer) => this.begin(offer));
    desk.on("gone", ({ call }) => call === this.offer?.call && !desk.packet && this.passed());
    desk.on("stage", (before) => this.staged(before));
    desk.on("second", () => this.tick());
  }

  begin(offer) {
    const { desk } = this;
    this.offer = offer;
    this.untilMs = Date.now() + offer.seconds * 1000;
    this.told = new Set();
    byId("offer-title").textContent = offer.by_phone ? desk.word("offer_phone") : desk.word(offer.consult ? "offer_consult" : "offer");
    show("answer", !offer.by_phone); // the key on the telephone does that
    facts(byId("offer-facts"), this.facts(offer));
    Object.assign(byId("offer-bar"), { max: offer.seconds, value: offer.seconds });
    for (const id of ["answer", "decline"]) byId(id).disabled = false;
    show("offer", true);
    this.tick();
    document.title = `(!) ${byId("offer-title").textContent}`;
    desk.urgent(this.words(offer));
    desk.focus(byId("offer-title"));
    if (this.rings() && !offer.by_phone) this.ring.start();
  }

  facts(offer) {
    const { desk } = this;
    return [
      [desk.word("called_back"), offer.reference],
      [desk.word("urgency_is"), desk.word(offer.urgent ? "is_urgent" : "not_urgent")],
      [desk.word("channel"), desk.name("channel", offer.channel)],
      [desk.word("language"), desk.name("language", offer.language)],
      [desk.word("queue"), offer.queue],
      [desk.word("waited"), clock(offer.waited_s)],
      [desk.word("reason"), desk.topic(offer.reason)],
      [desk.word("colleague_note"), offer.note],
    ];
  }

  words(offer) {
    const { desk } = this;
    const first = [offer.called_back && desk.word("is_called_back"), offer.urgent && desk.word("is_urgent")].filter(Boolean);
    const values = {
      channel: desk.name("channel", offer.channel), language: desk.name("language", offer.language), queue: offer.queue,
      waited: clock(offer.waited_s), urgent: first.map((word) => `${word}. `).join(""),
    };
    return offer.by_phone ? desk.word("offered_phone", values) : desk.word(offer.consult ? "offered_consult" : "offered", values);
  }

  take(what) {
    if (!this.offer || byId(what).disabled || !this.desk.send(what)) return;
    for (const id of ["answer", "decline"]) byId(id).disabled = true; // until the server has said what became of it
    this.ring.stop();
  }

  tick() {
    if (!this.offer) return;
    const left = Math.max(0, Math.ceil((this.untilMs - Date.now()) / 1000));
    const words = this.desk.word("offer_left", { n: left });
    byId("offer-left").textContent = words;
    byId("offer-bar").value = left;
    const due = TELL_AT.filter((seconds) => left <= seconds && seconds < this.offer.seconds && !this.told.has(seconds));
    due.forEach((seconds) => this.told.add(seconds));
    if (due.length && left) this.desk.polite(words);
  }

  passed() {
    this.desk.urgent(this.desk.word("offer_passed"));
    this.end();
  }

  end() {
    this.offer = null;
    this.ring.stop();
    document.title = this.title;
    show("offer", false);
  }

  staged(before) {
    const { doing } = this.desk;
    if (this.offer && doing !== "offered") this.end();
    if (before === "offered" && ["ready", "away"].includes(doing)) this.desk.focus(byId("doing"));
  }
}

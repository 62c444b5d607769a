// The console: makes its parts and says when the connection is lost, back, or taken over by another page.

import { Api } from "./agent_api.js";
import { Callbacks } from "./agent_callbacks.js";
import { Caller } from "./agent_caller.js";
import { Desk } from "./agent_desk.js";
import { byId, show } from "./agent_dom.js";
import { Escalate } from "./agent_escalate.js";
import { Keys } from "./agent_keys.js";
import { Knowledge } from "./agent_knowledge.js";
import { Line } from "./agent_line.js";
import { Microphone } from "./agent_microphone.js";
import { Offer } from "./agent_offer.js";
import { Panels } from "./agent_panels.js";
import { Phone } from "./agent_phone.js";
import { Presence } from "./agent_presence.js";
import { Talk } from "./agent_talk.js";
import { Transfer } from "./agent_transfer.js";
import { WrapUp } from "./agent_wrap_up.js";

const desk = new Desk(JSON.parse(byId("page-settings").textContent));
const api = new Api(desk);
const caller = new Caller(desk);
const panels = new Panels(desk);
new Talk(desk);
new Transfer(desk);
new WrapUp(desk, api);
new Escalate(desk, api);
new Callbacks(desk, api);
new Knowledge(desk, api, caller);
new Keys(desk, panels, caller);
const microphone = new Microphone(desk, () => desk.line.reopen());
const phone = new Phone(desk, microphone, () => desk.line.reopen());
const presence = new Presence(desk, () => desk.line.reopen());
new Offer(desk, () => presence.rings);

function banner(word, button = "") {
  byId("banner-words").textContent = word && desk.word(word);
  show("banner", Boolean(word));
  show("again", Boolean(button));
  show("sign-in-again", word === "signed_out");
  if (button) byId("again").textContent = desk.word(button);
}

let lost = false;
let talked = false; // when the connection was lost: whether a caller is who goes back to the line
desk.on("presence", ({ doing }) => { talked = doing === "talking" || (doing === "lost" && talked); });
desk.on("line:open", () => {
  if (lost) desk.polite(desk.word("again_connected"));
  lost = false;
  banner("");
});
desk.on("line:lost", () => {
  if (lost) return;
  if (desk.packet && talked) banner("lost", "again");
  else banner("lost_idle", "again");
  lost = true;
});
// Somebody else has signed in in this browser meanwhile: the page is theirs, and says so.
desk.on("welcome", ({ name }) => name !== desk.settings.name && location.reload());
desk.on("line:refused", () => {
  desk.line.stop();
  desk.tell("presence", { doing: "lost" });
  banner("signed_out");
});
desk.on("line:elsewhere", () => {
  desk.tell("presence", { doing: "lost" });
  banner("elsewhere", "here");
});
desk.on("error", ({ code, message }) => { byId("problem").textContent = desk.refusal(code, message); });
desk.on("stage", () => { byId("problem").textContent = ""; });
byId("again").addEventListener("click", () => desk.line.open());
// Whoever leaves the page leaves the caller.
addEventListener("beforeunload", (event) => desk.doing === "talking" && event.preventDefault());

desk.line = new Line(desk, () => ({ type: "hello", audio: microphone.on && !phone.on, phone: phone.on, language: desk.language, ...presence.which }));
desk.line.open();

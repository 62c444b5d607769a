// The phone page: buttons and fields on one side, a `Call` on the other.

import { tones, typeable } from "./baudot.js";
import { Call } from "./call.js";
import { Conversation, element } from "./conversation.js";
import { Refused, get } from "./server.js";
import { Words } from "./words.js";

const byId = (id) => document.getElementById(id);
const settings = JSON.parse(byId("page-settings").textContent);
const address = new URL(location.href);
const words = new Words(settings);
const conversation = new Conversation(words);
const LEVEL_EVERY = 5; // frames of 20 ms
let call = null;
let samples = [];
let shown = { frames: 0, energy: 0, begunAt: 0, speechLanguage: "" };

// -- calling

async function begin() {
  if (!settings.recognizer && !settings.text_lines.includes(byId("line").value)) return problem("no_recognizer");
  conversation.clear();
  ["problem", "notice", "saying", "typing", "number-problem", "email-problem", "email-good"].forEach((id) => quiet(byId(id)));
  shown = { frames: 0, energy: 0, begunAt: 0, speechLanguage: "" };
  const mine = new Call((what, detail) => mine === call && TOLD[what](detail), {
    raw: address.searchParams.get("raw") === "1", hertz: Number(address.searchParams.get("hertz")) || undefined,
  });
  call = mine;
  try {
    await mine.begin(wishes());
  } catch (error) {
    if (mine === call) beginFailed(error);
  }
}

function wishes() {
  const chosen = new FormData(byId("settings"));
  return {
    language: chosen.get("language") || null, line: chosen.get("line"), email: chosen.get("email").trim() || null,
    number: byId("anonymous").checked ? "anonymous" : chosen.get("number").trim(),
  };
}

function beginFailed(error) {
  call.fail();
  if (error instanceof Refused && error.status === 409) problem("no_recognizer");
  else if (error instanceof Refused && ["number", "email"].includes(error.message)) wrong(error.message);
  else if (error instanceof Refused) problem("failed");
  else problem(error.message === "no sound" ? "no_sound" : "no_server");
}

const TOLD = {
  state: showState,
  microphone: showMicrophone,
  frame: showLevel,
  notice: (key) => notice(key),
  watched(seen) {
    conversation.add(seen);
    if (seen.lines.some((line) => line.who === "caller")) ["saying", "typing"].forEach((id) => quiet(byId(id)));
    byId("where").replaceChildren(...whereabouts(seen));
    if (seen.language !== shown.speechLanguage) {
      shown.speechLanguage = seen.language;
      byId("say-language").value = seen.language;
      showSamples();
    }
  },
};

function showState(detail) {
  const { state } = call;
  const looks = state === "failed" ? "idle" : state;
  byId("state").dataset.state = looks;
  words.put(byId("state-words"), `state_${looks}`);
  const outcome = `outcome_${detail}`;
  if (state === "ended" && words.has(outcome)) words.put(byId("state-detail"), outcome);
  else quiet(byId("state-detail"), state === "ended" ? detail : "");
  byId("queue").hidden = state !== "queue";
  if (state === "reconnecting") notice("reconnecting");
  if (state === "live") shown.begunAt ||= Date.now();
  const button = byId("call");
  button.classList.toggle("hang", !call.over);
  words.put(button, call.over ? "call_again" : "hang_up");
  if (call.over) rest();
}

function rest() {
  byId("level").value = 0;
  byId("mute").hidden = true;
  words.put(byId("microphone-words"), "mic_idle");
}

function showMicrophone(what) {
  const on = what === "on";
  words.put(byId("microphone-words"), on ? "mic_on" : "mic_off");
  byId("mute").hidden = !on;
  byId("mute").setAttribute("aria-pressed", "false");
  words.put(byId("mute"), "mute");
  if (!on) notice(`mic_${what}`);
}

function showLevel(samplesHeard) {
  for (const sample of samplesHeard) shown.energy += sample * sample;
  shown.frames += 1;
  if (shown.frames % LEVEL_EVERY) return;
  const decibels = 10 * Math.log10(shown.energy / (LEVEL_EVERY * samplesHeard.length) + 1e-9);
  shown.energy = 0;
  byId("level").value = Math.max(0, Math.min(100, (decibels + 60) * 2));
  const seconds = shown.begunAt ? Math.floor((Date.now() - shown.begunAt) / 1000) : 0;
  byId("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function whereabouts({ status, node, queue }) {
  if (status === "ended") return [];
  const parts = [fact("state_step", node)];
  if (queue) parts.push(" · ", fact("state_queue_name", queue));
  return parts;
}

function fact(key, value) {
  const span = element("span");
  words.put(span.appendChild(element("span")), key);
  span.append(" ", element("code", "", value));
  return span;
}

// -- what the caller does

function press(key) {
  if (!call?.talking) return;
  call.press(key);
  const button = document.querySelector(`[data-key="${key}"]`);
  button.classList.remove("pressed");
  void button.offsetWidth; // begins the animation anew
  button.classList.add("pressed");
}

async function say(text, language) {
  if (!call?.talking) return show(byId("saying"), "press_call_first");
  byId("saying").removeAttribute("data-word");
  byId("saying").textContent = words.of("saying", { text });
  try {
    await call.say(text, language);
  } catch {
    show(byId("saying"), "say_failed");
  }
}

// A text telephone: the words and whose turn it is, as tones in the line.
function type(text, closing) {
  if (!call?.talking) return show(byId("typing"), "press_call_first");
  const sent = typeable(`${text} ${closing}`).trim();
  byId("typing").removeAttribute("data-word");
  byId("typing").textContent = words.of("typing", { text: sent });
  byId("tty-text").value = "";
  call.sound.say(tones(sent));
}

async function useEmail() {
  const field = byId("email");
  clearWrong("email");
  quiet(byId("email-good"));
  if (!field.value.trim() || !field.checkValidity()) return wrong("email");
  if (!call || call.over || !call.sid) return show(byId("email-good"), "email_kept");
  try {
    await call.giveEmail(field.value.trim());
    show(byId("email-good"), "email_given");
  } catch (error) {
    if (error instanceof Refused) wrong("email");
    else problem("no_server");
  }
}

function typedKey(event) {
  if (!byId("keyboard").checked || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return;
  if (/^[0-9*#]$/.test(event.key)) press(event.key);
}

// -- sentences and words

function showSamples() {
  const language = byId("say-language").value;
  byId("say-text").lang = language;
  byId("samples").replaceChildren(...samples.filter((sample) => sample[language]).map((sample) => {
    const item = element("li");
    const button = item.appendChild(element("button", "sample", sample[language]));
    button.type = "button";
    button.lang = language;
    button.addEventListener("click", () => {
      byId("say-text").value = sample[language];
      say(sample[language], language);
    });
    return item;
  }));
}

function show(place, key) {
  words.put(place, key);
}

function quiet(place, text = "") {
  place.removeAttribute("data-word");
  place.textContent = text;
}

function problem(key) {
  show(byId("problem"), key);
}

function notice(key) {
  show(byId("notice"), key);
}

function wrong(field) {
  show(byId(`${field}-problem`), `${field}_wrong`);
  byId(field).setAttribute("aria-invalid", "true");
  byId(field).focus();
}

function clearWrong(field) {
  quiet(byId(`${field}-problem`));
  byId(field).removeAttribute("aria-invalid");
}

function speak(language) {
  words.use(language);
  for (const button of document.querySelectorAll("[data-page-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.pageLanguage === language));
  }
  address.searchParams.set("lang", language);
  history.replaceState(null, "", address);
  if (!call || call.over) {
    byId("say-language").value = language;
    showSamples();
  }
}

byId("call").addEventListener("click", () => (call && !call.over ? call.hangUp() : begin()));
byId("leave-queue").addEventListener("click", () => call.leaveQueue().catch(() => problem("failed")));
byId("mute").addEventListener("click", ({ currentTarget }) => {
  const muted = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", String(muted));
  words.put(byId("microphone-words"), muted ? "mic_muted" : "mic_on");
  call.mute(muted);
});
byId("settings").addEventListener("submit", (event) => { event.preventDefault(); useEmail(); });
byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  say(byId("say-text").value.trim(), byId("say-language").value);
});
byId("tty").addEventListener("submit", (event) => {
  event.preventDefault();
  type(byId("tty-text").value.trim(), event.submitter?.value ?? "GA");
});
byId("say-language").addEventListener("change", showSamples);
byId("number").addEventListener("input", () => clearWrong("number"));
byId("email").addEventListener("input", () => clearWrong("email"));
byId("anonymous").addEventListener("change", (event) => { byId("number").disabled = event.target.checked; });
document.querySelectorAll("[data-key]").forEach((button) => button.addEventListener("click", () => press(button.dataset.key)));
document.querySelectorAll("[data-page-language]").forEach((button) => {
  button.addEventListener("click", () => speak(button.dataset.pageLanguage));
});
document.addEventListener("keydown", typedKey);
addEventListener("pagehide", () => call?.abandon());

if (!settings.recognizer) problem("no_recognizer");
get("/samples").then((found) => { samples = found; showSamples(); }).catch(() => problem("no_server"));

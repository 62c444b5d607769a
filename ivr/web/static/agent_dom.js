// Small things of the page. Foreign text goes in by textContent only.

export const byId = (id) => document.getElementById(id);

const WHEN = { year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" };
const FIELDS = "textarea, select, input:not([type=checkbox], [type=radio])";

export function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function show(id, shown) {
  byId(id).hidden = !shown;
}

// Pairs of a term and what is known of it; what is not known is left out.
export function facts(list, pairs) {
  list.replaceChildren();
  for (const [term, value] of pairs) if (value) list.append(element("dt", term), element("dd", String(value)));
}

export function isField(target) {
  return Boolean(target?.matches?.(FIELDS));
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

// A name out of a bundle, such as `reschedule_biometrics`, for reading.
export function plain(name) {
  const words = String(name ?? "").replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function dateTime(text, language) {
  const at = new Date(text);
  if (!text || Number.isNaN(at.getTime())) return text ?? "";
  return new Intl.DateTimeFormat(language, WHEN).format(at);
}

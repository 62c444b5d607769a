// One key for every action, outside of text fields only, shown on its button, listed under `?`, and switched off there by whoever
// speaks to their computer. Esc leaves and closes; it never hangs up.

import { byId, element, isField } from "./agent_dom.js";

const KEPT = "agent-keys";
const DIGIT = /^[0-9*#]$/;

export class Keys {
  constructor(desk, panels, caller) {
    Object.assign(this, { desk, panels, caller });
    this.on = localStorage.getItem(KEPT) !== "off";
    byId("keys-on").checked = this.on;
    byId("keys-on").addEventListener("change", () => this.turn(byId("keys-on").checked));
    byId("show-help").addEventListener("click", () => this.help());
    byId("help-close").addEventListener("click", () => byId("help").close());
    document.addEventListener("keydown", (event) => this.press(event));
    this.turn(this.on);
  }

  turn(on) {
    this.on = on;
    localStorage.setItem(KEPT, on ? "on" : "off");
    document.body.classList.toggle("no-keys", !on);
    for (const target of document.querySelectorAll("[data-key], [data-focus-key]")) {
      const key = target.dataset.key ?? target.dataset.focusKey;
      if (on) target.setAttribute("aria-keyshortcuts", key);
      else target.removeAttribute("aria-keyshortcuts");
    }
  }

  press(event) {
    if (byId("help").open || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape") this.leave(event);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.submit(event);
    else if (this.on && !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat && !isField(event.target)) this.act(event);
  }

  act(event) {
    const key = event.key.toUpperCase();
    const digit = this.panels.now === "keypad" && DIGIT.test(key) && document.querySelector(`[data-digit="${key}"]`);
    const target = digit || document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const goal = document.querySelector(`[data-focus-key="${CSS.escape(key)}"]`);
    if (works(target)) {
      event.preventDefault();
      target.click();
    } else if (works(goal)) {
      event.preventDefault();
      goal.focus();
    }
  }

  submit(event) {
    const form = document.activeElement?.closest("form");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  }

  leave(event) {
    const now = document.activeElement;
    event.preventDefault();
    if (now?.closest("#reveal")) this.caller.cancel();
    else if (isField(now)) heading(now).focus();
    else if (!this.panels.close()) (byId("call").hidden ? byId("doing") : byId("call-title")).focus();
  }

  help() {
    const rows = [...document.querySelectorAll("[data-key], [data-focus-key]")].map((target) => [
      target.dataset.key ?? target.dataset.focusKey,
      target.id === "hang-up" ? this.desk.word("key_hang_up") : label(target),
    ]);
    rows.push(["Esc", this.desk.word("key_esc")], ["Ctrl+Enter", this.desk.word("key_submit")]);
    byId("help-keys").replaceChildren(...rows.map(([key, does]) => {
      const row = element("tr");
      row.append(element("th", key, { scope: "row" }), element("td", does));
      return row;
    }));
    byId("help").showModal();
    byId("help-title").focus();
  }
}

function works(target) {
  return Boolean(target) && !target.disabled && target.checkVisibility();
}

// The heading of the part of the page that somebody is in.
function heading(target) {
  return target.closest("section")?.querySelector("h2[tabindex]") ?? byId("doing");
}

function label(target) {
  const named = isField(target) ? document.querySelector(`label[for="${target.id}"]`) : target;
  return [...named.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();
}

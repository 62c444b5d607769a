// What was said and what arrived. All foreign text goes in by textContent.

const NOTES = { keys: "by_keys", tty: "by_tty", vco: "by_vco" };

export class Conversation {
  constructor(words) {
    this.words = words;
    this.lines = document.getElementById("transcript");
    this.frame = document.getElementById("transcript-frame");
    this.arrived = document.getElementById("arrived");
    this.known = new Set();
  }

  clear() {
    this.lines.replaceChildren();
    this.arrived.replaceChildren();
    this.known.clear();
    this.showEmpty();
  }

  add({ lines, language, sms, emails, promises }) {
    for (const line of lines) this.addLine(line, language);
    sms.forEach((message, i) => this.once(`sms${i}`, () => this.message("sms", message.to, [message.body])));
    emails.forEach((mail, i) => this.once(`mail${i}`, () => this.message("mail", mail.to, [mail.body], mail.subject)));
    promises.forEach((promise) => this.once(`promise${promise.reference}`, () => this.promise(promise, language)));
    this.showEmpty();
  }

  addLine({ who, text, note }, language) {
    const item = element("li", `line ${who}`);
    const head = item.appendChild(element("p", "who"));
    this.words.put(head.appendChild(element("span")), `who_${who}`);
    if (who === "caller") this.words.put(head.appendChild(element("small")), NOTES[note] ?? "heard_as");
    const said = item.appendChild(element("p", "said", text));
    said.lang = language;
    this.lines.append(item);
    this.frame.scrollTop = this.frame.scrollHeight;
  }

  message(kind, to, paragraphs, subject = "") {
    const item = element("li", `bubble ${kind}`);
    const head = item.appendChild(element("p", "who"));
    this.words.put(head.appendChild(element("span")), kind);
    head.append(" ", element("small", "", to));
    if (subject) item.append(element("p", "subject", subject));
    for (const text of paragraphs) item.appendChild(element("p", "body")).append(...linked(text));
    this.arrived.append(item);
  }

  promise({ kind, reference, due_by: dueBy }, language) {
    const item = element("li", "bubble promise");
    const key = this.words.has(`promise_${kind}`) ? `promise_${kind}` : "promise_other";
    this.words.put(item.appendChild(element("p", "who")).appendChild(element("span")), key);
    const facts = item.appendChild(element("dl"));
    this.words.put(facts.appendChild(element("dt")), "reference");
    facts.append(element("dd", "reference", reference));
    this.words.put(facts.appendChild(element("dt")), "due_by");
    const day = facts.appendChild(element("dd", "", dueBy));
    day.lang = language;
    this.arrived.append(item);
  }

  once(key, make) {
    if (this.known.has(key)) return;
    this.known.add(key);
    make();
  }

  showEmpty() {
    document.getElementById("conversation-empty").hidden = this.lines.children.length > 0;
    document.getElementById("arrived-empty").hidden = this.arrived.children.length > 0;
  }
}

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// Web addresses in a text become links; the address itself is the words of the link.
function linked(text) {
  return text.split(/((?:https?:\/\/)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/[\w\-./]*\w)?)/).map((part, i) => {
    if (i % 2 === 0) return part;
    const link = element("a", "", part);
    link.href = part.startsWith("http") ? part : `https://${part}`;
    link.target = "_blank";
    link.rel = "noreferrer";
    return link;
  });
}

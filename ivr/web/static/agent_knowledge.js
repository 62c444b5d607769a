// Articles for what the caller asked for, in the caller's language, and their previous calls, looked up when they are wanted.

import { byId, element } from "./agent_dom.js";

const PARTS = ["say", "do", "limits"];

export class Knowledge {
  constructor(desk, api, caller) {
    Object.assign(this, { desk, api, caller });
    byId("topic-form").addEventListener("submit", (event) => event.preventDefault());
    byId("topic").addEventListener("change", () => this.articles(byId("topic").value));
    desk.on("panel:knowledge", () => this.articles());
    desk.on("panel:previous", () => this.previous());
    desk.on("stage", () => desk.packet || this.clear());
  }

  // Of what the call is about, or of something else that it has turned to.
  async articles(intent = "") {
    const { desk } = this;
    const { call, language } = desk.packet;
    byId("articles").replaceChildren(element("p", desk.word("loading")));
    const found = await this.ask("knowledge", "/knowledge", { call, lang: language, ...(intent && { intent }) });
    if (desk.packet?.call !== call) return;
    byId("knowledge-intent").textContent = found.intent ? desk.word("knowledge_for", { intent: desk.topic(found.intent) }) : "";
    this.topics(found.topics ?? [], found.intent, language);
    const articles = (found.articles ?? []).map((each) => this.article(each, language));
    byId("articles").replaceChildren(...(articles.length ? articles : [element("p", desk.word("no_articles"))]));
  }

  topics(topics, intent, language) {
    byId("topic-form").hidden = topics.length === 0;
    byId("topic").lang = language;
    byId("topic").replaceChildren(new Option(this.desk.word("choose"), ""), ...topics.map((each) => new Option(each.title, each.intent)));
    byId("topic").value = topics.some((each) => each.intent === intent) ? intent : "";
  }

  async previous() {
    const { call } = this.desk.packet;
    const found = await this.ask("previous", "/previous", { call });
    if (this.desk.packet?.call === call && found.previous) this.caller.previous(found.previous);
  }

  async ask(panel, path, asked) {
    try {
      return await this.api.get(path, asked);
    } catch (error) {
      byId(`${panel}-problem`).textContent = error.message;
      return {};
    }
  }

  article({ title, body, parts, url }, language) {
    const made = element("article", "", { lang: language });
    made.append(element("h3", title));
    for (const name of PARTS.filter((each) => parts?.[each])) {
      made.append(element("h4", this.desk.name("article", name), { lang: this.desk.language }), element("p", parts[name]));
    }
    if (!parts) made.append(element("p", body));
    if (!/^https?:\/\//.test(url ?? "")) return made;
    made.appendChild(element("p")).append(element("a", url, { href: url, target: "_blank", rel: "noopener noreferrer" }));
    return made;
  }

  clear() {
    byId("articles").replaceChildren();
    byId("knowledge-intent").textContent = "";
  }
}

// The console's requests beside its socket. A refusal is an Error whose message may be shown.

export class Api {
  constructor(desk) {
    this.desk = desk;
  }

  get(path, asked = {}) {
    const query = new URLSearchParams(asked).toString();
    return this.ask(`${path}${query ? `?${query}` : ""}`, { method: "GET" });
  }

  post(path, body) {
    return this.ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }

  async ask(path, how) {
    const { desk } = this;
    let answer;
    try {
      answer = await fetch(desk.settings.api + path, { ...how, cache: "no-store", credentials: "same-origin" });
    } catch {
      throw new Error(desk.word("unavailable"));
    }
    if (answer.status === 401) desk.tell("line:refused");
    const read = await answer.json().catch(() => ({}));
    if (answer.ok) return read;
    throw new Error(answer.status >= 500 || !read.error ? desk.word("unavailable") : desk.refusal(read.error, read.message));
  }
}

// The page's requests. `Refused` is an answer the page has words for; anything else means that nobody answered.

const BASE = "/phone";

export class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    Object.assign(this, { status, reason });
  }
}

export async function post(path, body = {}) {
  const response = await fetch(BASE + path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return answer(response);
}

export async function get(path) {
  return answer(await fetch(BASE + path, { headers: { Accept: "application/json" } }));
}

// Told when the page goes away, so that nobody stays on the line.
export function leave(sid) {
  navigator.sendBeacon(`${BASE}/calls/${sid}/hangup`);
}

async function answer(response) {
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  if (!response.ok) throw new Refused(response.status, isJson ? (await response.json()).error : "");
  return isJson ? response.json() : response.arrayBuffer();
}

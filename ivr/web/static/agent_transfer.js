// Handing the caller over: at once, or after a colleague was asked while the caller is on hold.

import { byId, show } from "./agent_dom.js";

export class Transfer {
  constructor(desk) {
    this.desk = desk;
    this.state = "";
    byId("transfer-form").addEventListener("submit", (event) => this.send(event));
    byId("join").addEventListener("click", () => desk.send("consult_complete"));
    byId("back").addEventListener("click", () => desk.send("consult_end"));
    desk.on("welcome", ({ queues }) => this.queues(queues ?? []));
    desk.on("begun", (packet) => this.begin(packet));
    desk.on("consulting", (message) => this.consulting(message));
    desk.on("held", ({ on }) => !on && this.state === "over" && this.consulting({ state: "" }));
    desk.on("stage", () => desk.doing !== "talking" && desk.doing !== "lost" && this.consulting({ state: "" }));
  }

  queues(names) {
    const options = names.map((name) => new Option(name, name));
    if (options.length) byId("transfer-queue").replaceChildren(...options);
  }

  // Another queue than the caller's own is offered first: whoever is in a hurry would send them where they came from.
  begin({ queue }) {
    byId("transfer-note").value = "";
    const other = [...byId("transfer-queue").options].find(({ value }) => value !== queue);
    if (other) byId("transfer-queue").value = other.value;
    this.consulting({ state: "" });
  }

  send(event) {
    event.preventDefault();
    const how = event.submitter?.value ?? "consult";
    const note = byId("transfer-note").value.trim();
    if (!note || !this.desk.send(how, { queue: byId("transfer-queue").value, note })) return;
    this.desk.tell("panel:close");
  }

  consulting({ queue, state, with: name }) {
    const { desk } = this;
    const began = state && !this.state;
    this.state = state;
    desk.consults = state === "talking";
    show("consulting", Boolean(state));
    byId("consulting-words").textContent = state ? desk.word(`consult_${state}`, { queue, name }) : "";
    byId("join").disabled = state !== "talking";
    for (const id of ["open-transfer", "hold"]) byId(id).disabled = Boolean(state) || desk.isAsked;
    if (began) desk.focus(byId("back"));
  }
}

// One call: begins it, keeps its stream alive, watches what is said and what arrives. Knows nothing of the page.

import { MediaStream } from "./media_stream.js";
import { Refused, get, leave, post } from "./server.js";
import { Sound, readWav } from "/static/sound.js";

const WATCH_MS = 350;
const WATCH_AFTER_MS = 1000;
const LOOKS_AFTER_END = 30; // texts and emails are sent by a worker and may come a little after the end
const RETRY_MS = [300, 1000, 2000, 4000];

export class Call {
  // `tell(what, detail)`: state, microphone, frame, watched, notice.
  constructor(tell, audio) {
    this.tell = tell;
    this.state = "idle";
    this.sid = "";
    this.stream = null;
    this.lines = 0;
    this.sound = new Sound({
      ...audio,
      onFrame: (samples) => this.onFrame(samples),
      onMark: (name) => this.stream?.returnMark(name),
      onMicrophoneLost: () => this.tell("microphone", "lost"),
    });
  }

  async begin(wishes) {
    this.become("calling");
    this.tell("microphone", await this.sound.open());
    if (this.state !== "calling") return this.sound.close(); // hung up while the browser asked for the microphone
    const begun = await post("/calls", wishes);
    this.sid = begun.callSid;
    if (this.state !== "calling") return this.hangUp();
    this.connect(begun);
    this.watch();
  }

  press(digit) {
    this.stream?.press(digit);
  }

  mute(muted) {
    this.sound.mute(muted);
  }

  async say(text, language) {
    this.sound.say(readWav(await post("/say", { text, language })));
  }

  giveEmail(email) {
    return post(`/calls/${this.sid}/email`, { email });
  }

  async leaveQueue() {
    this.follow(await post(`/calls/${this.sid}/leave-queue`));
  }

  hangUp() {
    this.end("hangup");
    if (this.sid) post(`/calls/${this.sid}/hangup`).catch(() => {});
  }

  // The page goes away.
  abandon() {
    if (this.sid && !this.over) leave(this.sid);
    this.end("hangup");
  }

  get over() {
    return this.state === "ended" || this.state === "failed";
  }

  get talking() {
    return this.state === "live" && Boolean(this.stream?.open);
  }

  fail() {
    this.close();
    this.become("failed");
  }

  // -- the stream

  connect(begun) {
    this.stream = new MediaStream(begun, {
      onAudio: (samples) => this.sound.play(samples),
      onMark: (name) => this.sound.mark(name),
      onClear: () => this.sound.clear(),
      onClosed: (stream) => this.closed(stream),
    });
  }

  onFrame(samples) {
    this.stream?.frame(samples);
    if (this.state === "calling" && this.stream?.open) this.become("live");
    this.tell("frame", samples);
  }

  async closed(stream) {
    if (stream !== this.stream || this.over) return;
    this.stream = null;
    this.sound.forget();
    try {
      await this.follow(await this.afterStream());
    } catch (error) {
      this.tell("notice", error instanceof Refused && error.status === 404 ? "gone" : "lost");
      this.end("lost");
    }
  }

  // The server may be away for a moment: it is asked a few times.
  async afterStream() {
    for (const wait of RETRY_MS) {
      try {
        return await post(`/calls/${this.sid}/after-stream`);
      } catch (error) {
        if (error instanceof Refused) throw error;
        this.become("reconnecting");
        await pause(wait);
      }
    }
    return post(`/calls/${this.sid}/after-stream`);
  }

  follow(after) {
    if (this.over) return;
    if (after.next === "ended") this.end(after.outcome);
    else if (after.next === "queue") this.become("queue");
    else {
      if (after.lost) this.tell("notice", "reconnected");
      this.become("calling");
      this.connect({ callSid: this.sid, ...after });
    }
  }

  // -- what happens

  async watch() {
    for (let looks = 0; looks < LOOKS_AFTER_END; looks += this.over ? 1 : 0) {
      try {
        const seen = await get(`/calls/${this.sid}?after=${this.lines}`);
        this.lines += seen.lines.length;
        this.tell("watched", seen);
      } catch (error) {
        if (error instanceof Refused) return;
      }
      await pause(this.over ? WATCH_AFTER_MS : WATCH_MS);
    }
  }

  end(outcome) {
    if (this.over) return;
    this.close();
    this.become("ended", outcome);
  }

  close() {
    const stream = this.stream;
    this.stream = null;
    stream?.stop();
    this.sound.close();
  }

  become(state, detail = "") {
    if (this.state === state) return;
    this.state = state;
    this.tell("state", detail);
  }
}

function pause(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

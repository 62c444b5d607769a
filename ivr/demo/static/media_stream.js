// The carrier's side of the Media Streams protocol, as Twilio speaks it: counters are strings, sampleRate a number.

import { decode, encode, fromBase64, toBase64 } from "/static/mulaw.js";

const MEDIA_FORMAT = { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 };
const FRAME_MS = 20;
const MOST_BUFFERED = 64 * 1024;

export class MediaStream {
  // `handlers`: onAudio(samples), onMark(name), onClear(), onClosed().
  constructor({ callSid, accountSid, streamUrl, token }, handlers) {
    Object.assign(this, { callSid, accountSid, handlers });
    this.streamSid = `MZ${hex(16)}`;
    this.sequence = 0;
    this.chunk = 0;
    const url = new URL(streamUrl, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new WebSocket(url);
    this.socket.onopen = () => this.begin(token);
    this.socket.onmessage = ({ data }) => this.take(JSON.parse(data));
    this.socket.onclose = () => this.handlers.onClosed(this);
  }

  get open() {
    return this.sequence > 0 && this.socket.readyState === WebSocket.OPEN;
  }

  frame(samples) {
    if (!this.open) return;
    this.chunk += 1;
    const media = { track: "inbound", chunk: String(this.chunk), timestamp: String((this.chunk - 1) * FRAME_MS) };
    if (this.socket.bufferedAmount > MOST_BUFFERED) {
      this.sequence += 1; // a frame the network had no room for: its numbers are used up
      return;
    }
    this.send("media", { ...media, payload: toBase64(encode(samples)) });
  }

  press(digit) {
    if (this.open) this.send("dtmf", { track: "inbound_track", digit });
  }

  returnMark(name) {
    if (this.open) this.send("mark", { name });
  }

  stop() {
    if (this.open) this.send("stop", { accountSid: this.accountSid, callSid: this.callSid });
    this.handlers = { onAudio() {}, onMark() {}, onClear() {}, onClosed() {} };
    this.socket.close();
  }

  begin(token) {
    this.socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    const { accountSid, streamSid, callSid } = this;
    this.send("start", {
      accountSid, streamSid, callSid, tracks: ["inbound"], mediaFormat: MEDIA_FORMAT, customParameters: { token },
    });
  }

  send(event, body) {
    this.sequence += 1;
    this.socket.send(JSON.stringify({
      event, sequenceNumber: String(this.sequence), [event]: body, streamSid: this.streamSid,
    }));
  }

  take(message) {
    if (message.event === "media") this.handlers.onAudio(decode(fromBase64(message.media.payload)));
    else if (message.event === "mark") this.handlers.onMark(message.mark.name);
    else if (message.event === "clear") this.handlers.onClear();
  }
}

function hex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

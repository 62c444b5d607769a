// Both directions of the telephone line on the audio clock: frames of 20 ms from the microphone (or the text that is being
// spoken, or silence) to the page; what the system says, with its marks, to the loudspeaker.

import { JitterQueue } from "./jitter_queue.js";
import { Resampler } from "./resampler.js";

const LINE_HZ = 8000;
const FRAME = 160;

class LineProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    const native = sampleRate === LINE_HZ;
    this.toLine = native ? null : new Resampler(sampleRate, LINE_HZ);
    this.toSpeaker = native ? null : new Resampler(LINE_HZ, sampleRate);
    this.frame = new Float32Array(FRAME);
    this.filled = 0;
    this.speech = new Queue();
    this.playback = processorOptions?.live ? new JitterQueue(LINE_HZ) : new Queue();
    this.ready = [];
    this.muted = false;
    this.running = true;
    this.port.onmessage = (event) => this.take(event.data);
  }

  take(message) {
    if (message.play) this.playback.samples(message.play);
    if (message.mark) this.playback.mark(message.mark);
    if (message.clear) this.returnMarks(this.playback.clear());
    if (message.forget) this.playback.clear();
    if (message.say) this.speech.samples(message.say);
    if ("muted" in message) this.muted = message.muted;
    if (message.close) this.running = false;
  }

  process(inputs, outputs) {
    const output = outputs[0][0];
    const heard = inputs[0][0] ?? new Float32Array(output.length);
    for (const sample of this.toLine ? this.toLine.process(heard) : heard) this.collect(sample);
    this.fill(output);
    return this.running;
  }

  collect(sample) {
    const spoken = this.speech.next(() => {});
    this.frame[this.filled] = spoken ?? (this.muted ? 0 : sample);
    this.filled += 1;
    if (this.filled === FRAME) {
      this.port.postMessage({ frame: this.frame });
      this.frame = new Float32Array(FRAME);
      this.filled = 0;
    }
  }

  fill(output) {
    if (!this.toSpeaker) {
      for (let i = 0; i < output.length; i += 1) output[i] = this.nextPlayed();
      return;
    }
    while (this.ready.length < output.length) {
      this.ready.push(...this.toSpeaker.process(Float32Array.from({ length: 32 }, () => this.nextPlayed())));
    }
    output.set(this.ready.splice(0, output.length));
  }

  nextPlayed() {
    return this.playback.next((mark) => this.returnMarks([mark])) ?? 0;
  }

  returnMarks(names) {
    for (const name of names) this.port.postMessage({ mark: name });
  }
}

// Samples and marks in the order in which they came.
class Queue {
  constructor() {
    this.items = [];
    this.at = 0;
  }

  samples(samples) {
    this.items.push(samples);
  }

  mark(name) {
    this.items.push(name);
  }

  // The marks that were still waiting.
  clear() {
    const marks = this.items.filter((item) => typeof item === "string");
    this.items = [];
    this.at = 0;
    return marks;
  }

  // The next sample, or undefined; tells each mark that is passed.
  next(onMark) {
    while (this.items.length) {
      const item = this.items[0];
      if (typeof item !== "string" && this.at < item.length) {
        this.at += 1;
        return item[this.at - 1];
      }
      this.items.shift();
      this.at = 0;
      if (typeof item === "string") onMark(item);
    }
    return undefined;
  }
}

registerProcessor("line", LineProcessor);

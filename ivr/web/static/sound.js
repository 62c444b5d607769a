// Microphone and loudspeaker of one call, at the telephone's rate of 8 kHz.

const LINE_HZ = 8000;
const RESUME_MS = 2000;

export class Sound {
  // `raw`: the microphone unprocessed (echo cancellation off). `hertz`: rate of the audio context. `live`: what is played comes from a
  // person as it is said, and must not fall behind. `unasked`: nobody has clicked, so the browser may hold the sound back for ever.
  constructor({ raw = false, hertz = LINE_HZ, live = false, unasked = false, onFrame, onMark = () => {}, onMicrophoneLost }) {
    Object.assign(this, { raw, hertz, live, unasked, onFrame, onMark, onMicrophoneLost });
    this.stream = null;
    this.context = null;
    this.node = null;
  }

  // What became of the microphone: on | refused | missing. Throws where the browser cannot do sound at all.
  async open() {
    if (!window.isSecureContext || !window.AudioWorkletNode) throw new Error("no sound");
    const microphone = await this.askMicrophone();
    await this.start(this.hertz).catch(() => this.start(undefined));
    return microphone;
  }

  play(samples) {
    this.node.port.postMessage({ play: samples });
  }

  mark(name) {
    this.node.port.postMessage({ mark: name });
  }

  // Empty the loudspeaker; all waiting marks come back.
  clear() {
    this.node.port.postMessage({ clear: true });
  }

  // The same for a stream that is gone: nobody waits for its marks.
  forget() {
    this.node.port.postMessage({ forget: true });
  }

  say(samples) {
    this.node.port.postMessage({ say: samples });
  }

  mute(muted) {
    this.node.port.postMessage({ muted });
  }

  close() {
    this.node?.port.postMessage({ close: true });
    this.stream?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    this.onFrame = this.onMark = this.onMicrophoneLost = () => {};
  }

  async askMicrophone() {
    const processed = !this.raw;
    const audio = { echoCancellation: processed, noiseSuppression: processed, autoGainControl: processed };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
      return error.name === "NotAllowedError" ? "refused" : "missing";
    }
    this.stream.getAudioTracks()[0].addEventListener("ended", () => this.onMicrophoneLost());
    return "on";
  }

  // Some browsers join a microphone only to a context of the microphone's own rate: then the worklet resamples.
  async start(hertz) {
    const context = new AudioContext(hertz ? { sampleRate: hertz } : {});
    try {
      await context.audioWorklet.addModule(new URL("./line_processor.js", import.meta.url));
      const node = new AudioWorkletNode(context, "line", {
        outputChannelCount: [1], channelCount: 1, channelCountMode: "explicit", processorOptions: { live: this.live },
      });
      if (this.stream) context.createMediaStreamSource(this.stream).connect(node);
      node.connect(context.destination);
      node.port.onmessage = ({ data }) => (data.frame ? this.onFrame(data.frame) : this.onMark(data.mark));
      await (this.unasked ? Promise.race([context.resume(), late()]) : context.resume());
      Object.assign(this, { context, node });
    } catch (error) {
      await context.close();
      throw error;
    }
  }
}

function late() {
  return new Promise((_, no) => { setTimeout(() => no(new Error("held back")), RESUME_MS); });
}

// Samples of the 16-bit mono WAV that the server makes of a text.
export function readWav(buffer) {
  const view = new DataView(buffer);
  let at = 12;
  while (view.getUint32(at, false) !== 0x64617461) at += 8 + view.getUint32(at + 4, true);
  const count = view.getUint32(at + 4, true) >> 1;
  return Float32Array.from({ length: count }, (_, i) => view.getInt16(at + 8 + 2 * i, true) / 32768);
}

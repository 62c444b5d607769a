// The sound of an offer: two notes every three seconds, as long as the offer stands. Never the only sign of it.

const NOTES_HZ = [660, 880];
const NOTE_S = 0.18;
const EVERY_MS = 3000;
const LOUDNESS = 0.15;

export class Ring {
  constructor() {
    this.context = null;
    this.timer = 0;
    // A browser lets a page sound only after somebody touched it.
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this.wake(), { once: true });
  }

  wake() {
    this.context ??= new AudioContext();
    this.context.resume();
  }

  start() {
    this.stop();
    this.sound();
    this.timer = setInterval(() => this.sound(), EVERY_MS);
  }

  stop() {
    clearInterval(this.timer);
  }

  sound() {
    if (this.context?.state !== "running") return;
    NOTES_HZ.forEach((hertz, i) => this.note(hertz, this.context.currentTime + i * NOTE_S));
  }

  note(hertz, at) {
    const [source, gain] = [this.context.createOscillator(), this.context.createGain()];
    source.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
    gain.gain.linearRampToValueAtTime(0, at + NOTE_S);
    source.connect(gain).connect(this.context.destination);
    source.start(at);
    source.stop(at + NOTE_S);
  }
}

// Sound that arrives at uneven times, played evenly: begins with 40 ms in hand and never keeps more than 80 ms, so that a
// conversation does not fall behind. Runs inside the audio worklet; the same interface as the queue of a sound that may wait.

const LEAST_MS = 40;
const MOST_MS = 80;
const QUIET = 0.004; // about -48 dB: nobody hears that such a frame is left out

export class JitterQueue {
  constructor(hertz) {
    this.least = (LEAST_MS * hertz) / 1000;
    this.most = (MOST_MS * hertz) / 1000;
    this.clear();
  }

  get waiting() {
    return this.held - this.at;
  }

  samples(samples) {
    if (this.waiting > (this.least + this.most) / 2 && samples.every((sample) => Math.abs(sample) < QUIET)) return;
    this.frames.push(samples);
    this.held += samples.length;
    while (this.waiting > this.most && this.frames.length > 1) this.drop();
    if (this.waiting >= this.least) this.filling = false;
  }

  mark() {
    // A live line has no marks.
  }

  clear() {
    this.frames = [];
    this.at = 0; // in the first frame
    this.held = 0; // samples in all frames
    this.filling = true;
    return [];
  }

  // The next sample, or undefined while there is too little in hand.
  next() {
    if (this.filling) return undefined;
    const sample = this.frames[0][this.at];
    this.at += 1;
    if (this.at === this.frames[0].length) this.drop();
    if (!this.frames.length) this.filling = true;
    return sample;
  }

  drop() {
    this.held -= this.frames.shift().length;
    this.at = 0;
  }
}

// Streaming change of the sample rate by a windowed sinc. For audio contexts that cannot run at the telephone's 8 kHz.

const TABLE_STEPS = 256;
const LOBES = 12;

export class Resampler {
  constructor(from, to) {
    this.step = from / to;
    const cutoff = Math.min(1, to / from) * 0.94;
    this.half = Math.ceil(LOBES / cutoff);
    this.table = kernel(this.half, cutoff);
    this.samples = new Float32Array(2 * this.half);
    this.at = this.half;
  }

  // Samples at the old rate in; however many are ready at the new rate out.
  process(input) {
    const all = new Float32Array(this.samples.length + input.length);
    all.set(this.samples);
    all.set(input, this.samples.length);
    const out = [];
    while (this.at + this.half < all.length) {
      out.push(this.value(all));
      this.at += this.step;
    }
    const used = Math.max(0, Math.floor(this.at) - this.half);
    this.samples = all.slice(used);
    this.at -= used;
    return out;
  }

  value(all) {
    const first = Math.ceil(this.at - this.half);
    const last = Math.floor(this.at + this.half);
    let sum = 0;
    for (let i = Math.max(0, first); i <= last; i += 1) {
      sum += all[i] * this.table[Math.round(Math.abs(i - this.at) * TABLE_STEPS)];
    }
    return sum;
  }
}

function kernel(half, cutoff) {
  const table = new Float32Array(half * TABLE_STEPS + 2);
  for (let i = 0; i < table.length; i += 1) {
    const x = i / TABLE_STEPS;
    const angle = Math.PI * x * cutoff;
    const window = x < half ? 0.5 + 0.5 * Math.cos((Math.PI * x) / half) : 0;
    table[i] = (x === 0 ? 1 : Math.sin(angle) / angle) * window * cutoff;
  }
  return table;
}

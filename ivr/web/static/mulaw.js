// G.711 mu-law, the telephone network's 8-bit code. Floats in -1..1.

const BIAS = 0x84;
const CLIP = 32635;

const DECODED = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const magnitude = (((code & 0x0f) << 3) + BIAS << ((code >> 4) & 7)) - BIAS;
  return (code & 0x80 ? -magnitude : magnitude) / 32768;
});

export function decode(bytes) {
  return Float32Array.from(bytes, (byte) => DECODED[byte]);
}

export function encode(samples) {
  return Uint8Array.from(samples, (sample) => {
    const value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
    const magnitude = Math.min(Math.abs(value), CLIP) + BIAS;
    const exponent = 24 - Math.clz32(magnitude);
    const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    return ~((value < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
  });
}

export function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

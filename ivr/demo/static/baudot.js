// Text as text-telephone tones: TIA-825-A, 45.45 baud, mark 1400 Hz, space 1800 Hz, at the line's 8 kHz.

const HZ = 8000;
const BIT = HZ / 45.45;
const MARK = 1400;
const SPACE = 1800;
const LETTERS_SHIFT = 0x1f;
const FIGURES_SHIFT = 0x1b;
const LEVEL = 0.22; // peak: about -10 dBm0
const LEAD_S = 0.15;
const HOLD_S = 0.3;
// By code 0 to 31; blanks are codes that are no sign of their own.
const LETTERS = "\bE\nA SIU\rDRJNFCKTZLWHYPQOBG\0MXV\0";
const FIGURES = "\b3\n- \0" + "87\r$4',!:(5\")2=6019?+\0./;\0";

export function typeable(text) {
  return text.toUpperCase().normalize("NFD").replace(/[^ -~]/g, "").replace(/[#%&@<>[\]{}*\\_~]/g, (sign) => INSTEAD[sign] ?? " ");
}

const INSTEAD = { "#": "$", "%": "/", "&": "+", "@": "X", "<": "(", ">": ")", "[": "(", "{": "(", "]": ")", "}": ")", "*": ".", "\\": "/" };

// Samples of the whole transmission.
export function tones(text) {
  const pieces = [[MARK, LEAD_S * HZ], ...codes(text).flatMap(character), [MARK, HOLD_S * HZ]];
  const samples = new Float32Array(Math.round(pieces.reduce((sum, [, length]) => sum + length, 0)));
  let phase = 0;
  let end = 0;
  let at = 0;
  for (const [hertz, length] of pieces) {
    end += length;
    for (; at < Math.min(samples.length, Math.round(end)); at += 1) {
      phase += (2 * Math.PI * hertz) / HZ;
      samples[at] = LEVEL * Math.sin(phase);
    }
  }
  return samples;
}

// The shift is sent at the beginning and wherever it changes; blanks belong to both.
function codes(text) {
  let figures = null;
  return [...typeable(text)].flatMap((sign) => {
    const letter = LETTERS.indexOf(sign);
    const figure = FIGURES.indexOf(sign);
    if (letter < 0 && figure < 0) return [];
    if (letter >= 0 && figure >= 0 && figures !== null) return [letter];
    const needed = letter < 0;
    if (needed === figures) return [needed ? figure : letter];
    figures = needed;
    return [needed ? FIGURES_SHIFT : LETTERS_SHIFT, needed ? figure : letter];
  });
}

// Start bit, five bits with the lowest first, two stop bits.
function character(code) {
  const bits = [0, 1, 2, 3, 4].map((n) => [(code >> n) & 1 ? MARK : SPACE, BIT]);
  return [[SPACE, BIT], ...bits, [MARK, 2 * BIT]];
}

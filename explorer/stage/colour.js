// Colour ramps in OKLCH (Björn Ottosson, 2020), whose lightness is what the eye sees: a ramp that changes it
// steadily stays readable for every kind of colour blindness.

const RAMP_STEPS = 512;

/**
 * @param {number} lightness 0 … 1 @param {number} chroma 0 … 0.37 @param {number} hue Degrees.
 * @returns {[number, number, number]} sRGB, 0 … 255; the chroma is reduced until the colour exists.
 */
export function oklchToRgb(lightness, chroma, hue) {
  for (let c = chroma; ; c -= 0.004) {
    const rgb = oklabToLinear(lightness, c * Math.cos((hue * Math.PI) / 180), c * Math.sin((hue * Math.PI) / 180));
    if (c <= 0 || rgb.every((x) => x >= -0.0005 && x <= 1.0005)) {
      return /** @type {[number, number, number]} */ (rgb.map((x) => Math.round(255 * encodeGamma(Math.min(1, Math.max(0, x))))));
    }
  }
}

/** @param {number} L @param {number} a @param {number} b @returns {number[]} Linear sRGB; constants: Ottosson. */
function oklabToLinear(L, a, b) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** @param {number} x Linear. @returns {number} */
function encodeGamma(x) {
  return x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
}

/** @param {readonly number[]} rgb 0 … 255 @returns {number} Relative luminance (WCAG 2). */
export function luminance(rgb) {
  const [r, g, b] = rgb.map((x) => (x <= 10.31475 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * A fill with the better of black and white on it: at least 4.58:1 on any colour.
 * @param {readonly number[]} rgb
 * @returns {Swatch}
 */
export function swatchOf(rgb) {
  const ink = luminance(rgb) > 0.179 ? "#000" : "#fff";
  const pixel = (255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]; // little-endian RGBA
  return { fill: `rgb(${rgb.join(",")})`, ink, pixel };
}

/** @type {Map<string, Swatch[]>} */
const ramps = new Map();

/**
 * @param {string} name To make it once only.
 * @param {(t: number) => [number, number, number]} lch From 0 … 1 to lightness, chroma, hue.
 * @returns {Swatch[]}
 */
function makeRamp(name, lch) {
  const made = ramps.get(name) ?? Array.from({ length: RAMP_STEPS }, (_, i) => swatchOf(oklchToRgb(...lch(i / (RAMP_STEPS - 1)))));
  ramps.set(name, made);
  return made;
}

/**
 * Yellow, green, blue, violet: one step for each element; lightness falls all the way.
 * @param {boolean} dark
 * @returns {Swatch[]}
 */
export function elementRamp(dark) {
  const [from, to] = dark ? [0.8, 0.38] : [0.945, 0.64];
  return makeRamp(`element ${dark}`, (t) => [from + (to - from) * t, dark ? 0.115 : 0.085 + 0.045 * t, 88 + 232 * t]);
}

/**
 * Blue below zero, neutral at it, orange above.
 * @param {boolean} dark
 * @returns {Swatch[]}
 */
export function divergingRamp(dark) {
  return makeRamp(`diverging ${dark}`, (t) => {
    const far = Math.abs(2 * t - 1);
    const lightness = dark ? 0.29 + 0.45 * far : 0.95 - 0.35 * far;
    return [lightness, 0.15 * far ** 0.85, t < 0.5 ? 252 : 48];
  });
}

/**
 * Neutral to deep teal-blue.
 * @param {boolean} dark
 * @returns {Swatch[]}
 */
export function sequentialRamp(dark) {
  return makeRamp(`sequential ${dark}`, (t) => [dark ? 0.29 + 0.5 * t : 0.945 - 0.43 * t, 0.02 + 0.11 * t, 215 + 40 * t]);
}

/**
 * Step of a ramp.
 * @param {Swatch[]} ramp @param {number} t 0 … 1
 */
export function pickSwatch(ramp, t) {
  return ramp[Math.min(ramp.length - 1, Math.max(0, Math.round(t * (ramp.length - 1))))];
}

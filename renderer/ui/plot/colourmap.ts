/**
 * From a strength (0 to 1) to a colour of the interface: from the surface over the accent to its opposite, evenly in
 * lightness, so that it reads the same without colours. Pure.
 */

/** Both begin as their theme's surface, so that silence is not a picture. */
const light = ['#ffffff', '#d6d3f4', '#9791dd', '#5a54cf', '#2a2478', '#120d3a'];
const dark = ['#1c1d20', '#2c2a4e', '#4b46a0', '#7f7be0', '#bcbaff', '#fff6da'];

const parse = (hex: string): readonly [number, number, number] => [
  parseInt(hex.slice(1, 3), 16),
  parseInt(hex.slice(3, 5), 16),
  parseInt(hex.slice(5, 7), 16),
];

function table(stops: readonly string[]): Uint32Array {
  const colours = stops.map(parse);
  const out = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (colours.length - 1);
    const k = Math.min(Math.floor(at), colours.length - 2);
    const part = at - k;
    const [r, g, b] = [0, 1, 2].map((c) => Math.round(colours[k][c] + (colours[k + 1][c] - colours[k][c]) * part));
    // As ImageData lies in memory on every machine that browsers run on: little-endian RGBA.
    out[i] = (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
  }
  return out;
}

const tables = { light: table(light), dark: table(dark) };

/** 256 colours from nothing to most, each as one number of an ImageData seen as Uint32Array. */
export function strengthColours(isDark: boolean): Uint32Array {
  return isDark ? tables.dark : tables.light;
}

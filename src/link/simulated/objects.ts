/**
 * Drawn things before a simulated camera: circles, squares and triangles of any colour on a table or a wall, under
 * light that falls from somewhere and changes, with shadows, stripes, haze at the edge of the lens and a noisy sensor.
 * `person` is whose camera and room it is, `seed` the occasion. Colours, sizes and places say nothing about shapes.
 * The same arguments give the same pixels on every machine.
 */
import { cosine, hashText, Random, sine } from '../../base';

export const objectNames = ['circle', 'square', 'triangle', 'background'] as const;
export type ObjectName = (typeof objectNames)[number];

/** In pixels, top left = 0, 0; may be fractions. */
export interface SimulatedBox {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SimulatedPicture {
  /** Red, green, blue of 8 bits, row by row. */
  readonly pixels: Uint8Array;
  readonly boxes: readonly SimulatedBox[];
}

type Colour = readonly [number, number, number];

interface Thing {
  readonly label: string;
  /** Centre and size as parts of the picture's shorter side; angle in turns. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly angle: number;
  readonly colour: Colour;
  readonly second: Colour;
  /** Stripes across it; 0 = plain. */
  readonly stripes: number;
  /** How it moves about its place: parts of a side, in turns a second. */
  readonly sway: readonly [number, number];
}

interface Place {
  readonly base: Colour;
  readonly other: Colour;
  readonly pattern: number;
  readonly scale: number;
  readonly cos: number;
  readonly sin: number;
  /** Where light comes from, how unevenly, and its colour. */
  readonly light: readonly [number, number];
  readonly uneven: number;
  readonly tint: Colour;
  readonly haze: number;
  readonly grain: number;
}

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();
const colourOf = (random: Random, low: number, high: number): Colour => [
  between(random, low, high),
  between(random, low, high),
  between(random, low, high),
];
const lightness = (colour: Colour): number => (colour[0] + 2 * colour[1] + colour[2]) / 4;

function placeOf(person: string | number, occasion: Random): Place {
  const room = new Random(hashText(`room before the camera of ${person}`));
  const base = colourOf(room, 60, 200);
  const contrast = between(room, -30, 30);
  const angle = room.uniform();
  return {
    base,
    other: [base[0] + contrast, base[1] + contrast * 0.9, base[2] + contrast * 0.8],
    pattern: room.below(4),
    scale: between(room, 4, 14),
    ...turned(angle),
    light: [between(occasion, -1, 1), between(occasion, -1, 1)],
    uneven: between(occasion, 0.05, 0.4),
    tint: [between(room, 0.85, 1.1), between(room, 0.92, 1.04), between(room, 0.8, 1.1)].map(
      (part) => part * between(occasion, 0.75, 1.15),
    ) as unknown as Colour,
    haze: between(room, 0, 0.35),
    grain: between(room, 2, 7),
  };
}

/** A colour that can be told from the background, which no shape has for its own. */
function standOut(occasion: Random, place: Place): Colour {
  for (let tries = 0; ; tries++) {
    const colour = colourOf(occasion, 15, 245);
    if (Math.abs(lightness(colour) - lightness(place.base)) > 45 || tries > 40) return colour;
  }
}

function thingOf(label: string, occasion: Random, place: Place, size: number, x: number, y: number): Thing {
  const colour = standOut(occasion, place);
  const shade = between(occasion, 0.7, 1.25);
  return {
    label,
    x,
    y,
    size,
    angle: occasion.uniform(),
    colour,
    second: [colour[0] * shade, colour[1] * shade, colour[2] * shade],
    stripes: occasion.uniform() < 0.3 ? between(occasion, 3, 8) : 0,
    sway: [between(occasion, 0.03, 0.12), between(occasion, 0.03, 0.12)],
  };
}

/** Corners of the regular shapes about their centre, the first of them up, at distance 1. */
const corners: Readonly<Record<string, number>> = { square: 4, triangle: 3 };

interface Placed extends Thing {
  readonly cos: number;
  readonly sin: number;
}

/** Whether a point, in sizes from the thing's centre, lies on it. */
function covers(thing: Placed, dx: number, dy: number): boolean {
  const u = (dx * thing.cos + dy * thing.sin) / thing.size;
  const v = (dy * thing.cos - dx * thing.sin) / thing.size;
  if (thing.label === 'circle') return u * u + v * v < 0.64;
  if (thing.label === 'square') return Math.abs(u) < 0.7071 && Math.abs(v) < 0.7071;
  // Upright triangle with corners at distance 1: three half planes at distance one half.
  return v < 0.5 && 0.8660254 * u - 0.5 * v < 0.5 && -0.8660254 * u - 0.5 * v < 0.5;
}

/** An edge in the room: a band along a line. */
interface Line {
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
  readonly length: number;
  readonly shade: number;
}

const turned = (turns: number): { cos: number; sin: number } => ({ cos: cosine(turns), sin: sine(turns) });

interface Room {
  readonly width: number;
  readonly height: number;
  readonly colours: Float64Array;
  readonly light: Float64Array;
}

/** Where the first and the second of two samples lie in a pixel. */
const part = (which: number): number => 0.25 + 0.5 * which;

/** One camera on one occasion: things that stay what they are while light and places change with time. */
export class SceneView {
  private readonly place: Place;
  private readonly things: readonly Thing[];
  private readonly noise: Random;
  private room: Room | undefined;
  private readonly clutter: readonly Line[];

  /** `labels`: what stands in the picture; none for the bare room. */
  constructor(
    labels: readonly string[],
    person: string | number,
    seed: number,
    /** Width over height. */
    private readonly aspect: number,
  ) {
    const occasion = new Random(hashText(`${person} shows ${labels.join('+')} at ${seed}`));
    this.place = placeOf(person, occasion);
    this.things = this.arrange(labels, occasion);
    this.noise = new Random(hashText(`grain ${person} ${labels.join('+')} ${seed}`));
    // Lines and edges of the room, so that "an edge" is not what tells a thing from the background.
    this.clutter = Array.from({ length: occasion.below(4) }, () => ({
      x: this.aspect * occasion.uniform(),
      y: occasion.uniform(),
      length: between(occasion, 0.2, 1),
      shade: between(occasion, 0.75, 1.2),
      ...turned(occasion.uniform()),
    }));
  }

  /** Things beside each other: a place is tried again while it covers another's. */
  private arrange(labels: readonly string[], occasion: Random): Thing[] {
    const things: Thing[] = [];
    // Who shows one thing holds it upright in the middle; several lie about as they may.
    if (labels.length === 1) {
      const size = between(occasion, 0.24, 0.38);
      const [x, y] = [this.aspect / 2 + between(occasion, -0.1, 0.1), 0.5 + between(occasion, -0.1, 0.1)];
      const thing = thingOf(labels[0], occasion, this.place, size, x, y);
      return [{ ...thing, angle: between(occasion, -0.04, 0.04) }];
    }
    const most = 0.2;
    const least = 0.1;
    for (const label of labels) {
      for (let tries = 0; tries < 60; tries++) {
        const size = between(occasion, least, most);
        const x = between(occasion, size, Math.max(size, this.aspect - size));
        const y = between(occasion, size, Math.max(size, 1 - size));
        if (things.some((thing) => (thing.x - x) ** 2 + (thing.y - y) ** 2 < (thing.size + size) ** 2)) continue;
        things.push(thingOf(label, occasion, this.place, size, x, y));
        break;
      }
    }
    return things;
  }

  /** The picture `seconds` after the start, of any size with this view's aspect. */
  picture(width: number, height: number, seconds: number): SimulatedPicture {
    const placed = this.things.map((thing) => this.move(thing, seconds));
    const room = this.roomOf(width, height);
    const { light, grain } = this.place;
    const pixels = new Uint8Array(width * height * 3);
    const flicker = 1 + 0.06 * sine(0.21 * seconds) + 0.03 * sine(0.83 * seconds);
    const colour = new Float64Array(3);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 3) {
        for (let i = 0; i < 3; i++) colour[i] = room.colours[at + i];
        for (const thing of placed) this.draw(thing, x, y, height, light, colour);
        for (let i = 0; i < 3; i++) {
          // Four bytes of one number, added up: near enough to what a sensor's noise is like.
          const bits = this.noise.uint32();
          const noise = ((bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + (bits >>> 24)) / 256 - 1.992;
          pixels[at + i] = clip(colour[i] * room.light[at + i] * flicker + grain * noise);
        }
      }
    }
    return { pixels, boxes: placed.map((thing) => boxOf(thing, width, height)) };
  }

  private move(thing: Thing, seconds: number): Placed {
    const reach = 0.25 * thing.size;
    const angle = thing.angle + 0.03 * sine(0.17 * seconds);
    return {
      ...thing,
      x: thing.x + reach * sine(thing.sway[0] * seconds),
      y: thing.y + reach * sine(thing.sway[1] * seconds),
      ...turned(angle),
    };
  }

  /** The bare room and the light in it, which stay: made once for each size of picture. */
  private roomOf(width: number, height: number): Room {
    if (this.room?.width === width && this.room.height === height) return this.room;
    const { light, uneven, tint, haze } = this.place;
    const room = {
      width,
      height,
      colours: new Float64Array(width * height * 3),
      light: new Float64Array(width * height * 3),
    };
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 3) {
        const u = (2 * x) / width - 1;
        const v = (2 * y) / height - 1;
        const bright = (1 + uneven * (u * light[0] + v * light[1])) * (1 - haze * 0.5 * (u * u + v * v));
        for (let sample = 0; sample < 4; sample++) {
          const colour = this.ground((x + part(sample & 1)) / height, (y + part(sample >> 1)) / height);
          for (let i = 0; i < 3; i++) room.colours[at + i] += colour[i] / 4;
        }
        for (let i = 0; i < 3; i++) room.light[at + i] = bright * tint[i];
      }
    }
    this.room = room;
    return room;
  }

  /** Mixes a thing or its shadow into a pixel; two samples each way soften the edges as a lens does. */
  private draw(thing: Placed, x: number, y: number, height: number, light: Place['light'], colour: Float64Array): void {
    const reach = thing.size + 0.08;
    const dx = x / height - thing.x;
    const dy = y / height - thing.y;
    if (dx > reach || dx < -reach || dy > reach || dy < -reach) return;
    let shadowed = 0;
    let first = 0;
    let second = 0;
    for (let sample = 0; sample < 4; sample++) {
      const sx = dx + part(sample & 1) / height;
      const sy = dy + part(sample >> 1) / height;
      if (!covers(thing, sx, sy)) {
        if (covers(thing, sx + 0.05 * light[0], sy + 0.05 * light[1])) shadowed++;
        continue;
      }
      const along = ((sx * thing.cos + sy * thing.sin) / thing.size) * thing.stripes;
      if (along - Math.floor(along) < 0.5) first++;
      else second++;
    }
    if (shadowed + first + second === 0) return;
    const left = (4 - first - second - shadowed * 0.28) / 4;
    for (let i = 0; i < 3; i++) colour[i] = colour[i] * left + (thing.colour[i] * first + thing.second[i] * second) / 4;
  }

  private ground(x: number, y: number): Colour {
    const { base, other, pattern, scale, cos, sin } = this.place;
    const u = scale * (x * cos + y * sin);
    const v = scale * (y * cos - x * sin);
    let second = false;
    if (pattern === 0) second = u - Math.floor(u) < 0.5;
    else if (pattern === 1) second = ((Math.floor(u) + Math.floor(v)) & 1) === 0;
    else if (pattern === 2) second = sine(u * 0.7 + 0.4 * sine(v * 0.6)) > 0;
    const colour = second ? other : base;
    for (const line of this.clutter) {
      const along = (x - line.x) * line.cos + (y - line.y) * line.sin;
      const aside = (y - line.y) * line.cos - (x - line.x) * line.sin;
      if (aside > 0 && aside < 0.25 * line.length && Math.abs(along) < line.length)
        return [colour[0] * line.shade, colour[1] * line.shade, colour[2] * line.shade];
    }
    return colour;
  }
}

function clip(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

/** The smallest box around what is drawn, cut at the picture's edge. */
function boxOf(thing: Placed, width: number, height: number): SimulatedBox {
  let left = thing.size * 0.8;
  let right = left;
  let up = left;
  let down = left;
  const count = corners[thing.label] as number | undefined;
  if (count !== undefined) {
    left = right = up = down = 0;
    for (let i = 0; i < count; i++) {
      // The triangle stands on its side v = 0.5 with a corner at v = -1; the square has its corners on the diagonals.
      const turn = i / count + (count === 4 ? 0.125 : -0.25);
      const u = cosine(turn) * thing.size;
      const v = sine(turn) * thing.size;
      const dx = u * thing.cos - v * thing.sin;
      const dy = u * thing.sin + v * thing.cos;
      left = Math.max(left, -dx);
      right = Math.max(right, dx);
      up = Math.max(up, -dy);
      down = Math.max(down, dy);
    }
  }
  const x = Math.max(0, (thing.x - left) * height);
  const y = Math.max(0, (thing.y - up) * height);
  const endX = Math.min(width, (thing.x + right) * height);
  const endY = Math.min(height, (thing.y + down) * height);
  return { label: thing.label, x, y, width: endX - x, height: endY - y };
}

/** One thing by name, or the bare room for 'background'. Another `seed` is another place, size, turn, light and colour. */
export function generateObject(
  name: string,
  person: string | number,
  seed: number,
  size: { readonly width: number; readonly height: number },
): SimulatedPicture {
  const labels = name === 'background' ? [] : [name];
  return new SceneView(labels, person, seed, size.width / size.height).picture(size.width, size.height, 0);
}

/** None to `most` things of any shape in one picture: for detection and counting. */
export function sceneLabels(person: string | number, seed: number, most = 4): string[] {
  const random = new Random(hashText(`scene of ${person} at ${seed}`));
  const shapes = objectNames.slice(0, 3);
  return Array.from({ length: random.below(most + 1) }, () => shapes[random.below(shapes.length)]);
}

export function generateScene(
  person: string | number,
  seed: number,
  size: { readonly width: number; readonly height: number },
  most = 4,
): SimulatedPicture {
  const view = new SceneView(sceneLabels(person, seed, most), person, seed, size.width / size.height);
  return view.picture(size.width, size.height, 0);
}

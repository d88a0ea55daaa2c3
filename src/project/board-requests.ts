/** Schemas of what the app asks of a board, apart from the contract for its length. Pure: no Node, no DOM. */
import * as v from 'valibot';

/** A board's id, and a port's path: what a person chose from lists, never part of a command line. */
export const firmwareSchema = v.object({
  board: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9-]{0,40}$/, 'Not a board id.'))),
  port: v.optional(v.pipe(v.string(), v.maxLength(200), v.regex(/^[^-]|^$/, 'Not a port.'))),
  /** In place of compiling: a firmware file that the person chose. */
  file: v.optional(
    v.pipe(v.string(), v.maxLength(4096), v.regex(/\.(uf2|bin)$/i, 'A firmware file ends in .uf2 or .bin.')),
  ),
});

const whole = (low: number, high: number) => v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
const within = (low: number, high: number) => v.pipe(v.number(), v.finite(), v.minValue(low), v.maxValue(high));

/** What begins a recording: so much going on (as `level` of device.samples), or the board's button. */
export const beginSchema = v.variant('on', [
  v.object({ on: v.literal('level'), level: within(0, 1e6), beforeSeconds: within(0, 10) }),
  v.object({ on: v.literal('button') }),
]);

/** How answers are judged; whatever is left out stays as it is. */
export const liveSettingsSchema = v.object({
  threshold: v.optional(within(0, 1)),
  smoothing: v.optional(whole(1, 32)),
  suppress: v.optional(whole(0, 65535)),
  /** One per label in place of the threshold; empty = the one threshold for all again. */
  thresholds: v.optional(v.pipe(v.array(within(0, 1)), v.maxLength(127))),
});

/** What comes over a bridge is anything at all: each request's schema lets through what the handlers are made for. */
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { requests, type RequestName } from '../../src/project';
import { captureQuerySchema, labelSchema } from '../../src/project/contract';

const names = Object.keys(requests) as RequestName[];
/** A good argument for each request that takes one. */
const good: Partial<Record<RequestName, Record<string, unknown>>> = {
  'project.create': { folder: '/x', name: 'x', task: 'motion' },
  'project.open': { folder: '/x' },
  'device.connect': { path: 'sim' },
  'device.stream': { sensor: 0, rateHz: 100 },
  'device.simulate': { gesture: 'wave' },
  'device.press': { pressed: true },
  'capture.start': { label: 'a', seconds: 1, count: 1, countdownSeconds: 0, pauseSeconds: 0 },
  'capture.stop': { keep: true },
  'data.list': { query: {}, offset: 0, limit: 10 },
  'data.get': { id: 'a-1' },
  'data.label': { ids: ['a-1'], label: 'a' },
  'data.split': { ids: ['a-1'], split: 'testing' },
  'data.person': { ids: ['a-1'], person: 'Ada' },
  'data.autoSplit': { by: 'person', testing: 0.2 },
  'data.trim': { id: 'a-1', start: 0, end: 10 },
  'data.boxes': { id: 'a-1', boxes: [{ label: 'cup', x: 1.5, y: 2, width: 3, height: 4 }] },
  'data.thumbnail': { id: 'a-1', size: 64 },
  'data.outline': { id: 'a-1', points: 512 },
  'explorer.start': { method: 'umap' },
  'data.words': { id: 'a-1', wordMs: 800, sensitivity: 0.7 },
  'data.splitWords': { id: 'a-1', segments: [{ start: 0, end: 10 }] },
  'data.segments': { id: 'a-1', segments: [{ start: 0, end: 10, label: 'yes' }] },
  'data.delete': { ids: ['a-1'] },
  'data.import': { paths: ['/x'] },
  'data.export': { format: 'csv', path: '/x' },
  'impulse.set': { windowMs: 1000, dsp: { kind: 'raw', params: {} } },
  'impulse.preview': { id: 'a-1', start: 0 },
  'train.configure': { epochs: 3 },
  'test.run': { engine: 'int8' },
  'fit.estimate': { board: 'sim' },
  'firmware.plan': { board: 'rpi-pico' },
  'firmware.install': { board: 'rpi-pico', port: '/dev/ttyACM0' },
  'export.model': { format: 'tflite', path: '/x' },
  'live.settings': { threshold: 0.5, smoothing: 1 },
  'live.replay': { ids: [] },
  'live.feedback': { window: 1, label: 'a' },
};

/** Nothing of the kind that JSON or a structured clone can carry. */
const junk = fc.oneof(
  fc.constantFrom(NaN, Infinity, -Infinity, -1, 1e308, 0.5, null, '', '\u0000', '../../etc/passwd', 'x'.repeat(5000)),
  fc.object({ maxDepth: 2 }),
  fc.array(fc.anything(), { maxLength: 3 }),
  fc.bigInt(),
  fc.constant(() => 1),
  fc.constant(Symbol('x')),
);

/** Every number in it is finite; every string is short. */
function plain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return value.length <= 4096;
  if (Array.isArray(value)) return value.every(plain);
  if (typeof value === 'object' && value !== null) return Object.values(value).every(plain);
  return value === undefined || typeof value === 'boolean';
}

describe('the schemas', () => {
  it('know every request: each that takes an argument has a good one here', () => {
    for (const name of names) {
      const taken = v.safeParse(requests[name], good[name]);
      expect(taken.success, name).toBe(true);
    }
  });

  it.each(names)('%s lets nothing through that is not finite, short and plain, and never throws', (name) => {
    const schema = requests[name];
    const base = good[name];
    const input = base
      ? fc.oneof(
          junk,
          fc
            .tuple(fc.constantFrom(...Object.keys(base), 'stranger', '__proto__'), junk)
            .map(([key, value]) => ({ ...base, [key]: value })),
        )
      : junk;
    fc.assert(
      fc.property(input, (value) => {
        const taken = v.safeParse(schema, value);
        if (taken.success) {
          expect(plain(taken.output)).toBe(true);
          expect(Object.keys(taken.output ?? {})).not.toContain('stranger');
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each(names.filter((name) => good[name]))('%s needs an argument', (name) => {
    for (const value of [undefined, null, 'x', 1]) expect(v.safeParse(requests[name], value).success).toBe(false);
  });

  it('takes labels that people write and no others', () => {
    for (const label of ['wave', ' wave ', 'Öl & Wasser', '手', 'a/b', 'x'.repeat(64)])
      expect(v.safeParse(labelSchema, label).success, label).toBe(true);
    for (const label of ['', '  ', 'a\nb', 'a\u0000', '\u007f', 'x'.repeat(65), 3, null])
      expect(v.safeParse(labelSchema, label).success, String(label)).toBe(false);
    expect(v.parse(labelSchema, ' wave ')).toBe('wave');
  });

  it('takes ids that cannot leave the folder of captures', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const taken = v.safeParse(captureQuerySchema, { ids: [id] });
        expect(taken.success).toBe(/^[A-Za-z0-9._-]{1,120}$/.test(id));
        if (taken.success) expect(id).not.toMatch(/[/\\]/);
      }),
    );
  });
});

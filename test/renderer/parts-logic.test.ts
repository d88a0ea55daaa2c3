/** Labelled parts as a person moves them: the arithmetic. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  brought,
  depths,
  drawn,
  free,
  moved,
  panned,
  same,
  sorted,
  stretched,
  zoomed,
} from '../../renderer/dataset/parts/parts';

const frames = 1000;
const least = 10;
const parts = [
  { start: 100, end: 200, label: 'a' },
  { start: 300, end: 400, label: 'b' },
];

describe('parts of a recording', () => {
  it('are drawn in either direction, cut at neighbours and ends, and not by a slip', () => {
    expect(drawn(parts, 220, 280, frames, least)).toEqual({ start: 220, end: 280 });
    expect(drawn(parts, 280, 150, frames, least)).toEqual({ start: 200, end: 280 });
    expect(drawn(parts, 900, 2000, frames, least)).toEqual({ start: 900, end: 1000 });
    expect(drawn(parts, 500, 505, frames, least)).toBeUndefined();
    expect(drawn([], -50, 40, frames, least)).toEqual({ start: 0, end: 40 });
  });
  it('are moved and stretched no further than their neighbours let them', () => {
    expect(moved(parts, 0, 500, frames)).toEqual({ start: 200, end: 300, label: 'a' });
    expect(moved(parts, 0, -500, frames)).toEqual({ start: 0, end: 100, label: 'a' });
    expect(stretched(parts, 1, 'start', 0, frames, least)).toEqual({ start: 200, end: 400, label: 'b' });
    expect(stretched(parts, 1, 'start', 399, frames, least)).toEqual({ start: 390, end: 400, label: 'b' });
    expect(stretched(parts, 1, 'end', 5000, frames, least)).toEqual({ start: 300, end: 1000, label: 'b' });
    expect(stretched(parts, 1, 'end', 0, frames, least)).toEqual({ start: 300, end: 310, label: 'b' });
  });
  it('may overlap where they came so, and are then moved freely', () => {
    const over = sorted([{ start: 150, end: 350, label: 'c' }, ...parts]);
    expect(over.map(({ label }) => label)).toEqual(['a', 'c', 'b']);
    expect(depths(over)).toEqual([0, 1, 1]);
    expect(moved(over, 1, 40, frames)).toEqual({ start: 190, end: 390, label: 'c' });
  });
  it('find room near where they are wanted, or say that there is none', () => {
    expect(free(parts, 250, 50, frames, least)).toEqual({ start: 225, end: 275 });
    expect(free(parts, 250, 500, frames, least)).toEqual({ start: 200, end: 300 });
    expect(free([{ start: 0, end: 995, label: 'a' }], 250, 500, frames, least)).toBeUndefined();
    expect(free([], 250, 5000, frames, least)).toEqual({ start: 0, end: 1000 });
    const nested = [
      { start: 0, end: 900, label: 'a' },
      { start: 100, end: 200, label: 'b' },
    ];
    expect(free(nested, 250, 50, frames, least)).toEqual({ start: 900, end: 950 });
  });
  it('are known again', () => {
    expect(
      same(
        parts,
        parts.map((part) => ({ ...part })),
      ),
    ).toBe(true);
    expect(same(parts, [parts[0], { ...parts[1], label: 'c' }])).toBe(false);
  });
  it('never leave the recording nor get too short, whatever is done to them', () => {
    const edge = fc.constantFrom<'start' | 'end'>('start', 'end');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), edge, fc.integer({ min: -2000, max: 2000 }))), (steps) => {
        let now = [...parts];
        for (const [what, which, to] of steps) {
          const index = Math.abs(to) % now.length;
          const added = what === 2 ? drawn(now, to, to + 60, frames, least) : undefined;
          const next = what === 0 ? moved(now, index, to, frames) : stretched(now, index, which, to, frames, least);
          now = what === 2 ? [...now, ...(added ? [{ ...added, label: 'n' }] : [])] : now.with(index, next);
          now = sorted(now);
          for (const [i, { start, end }] of now.entries()) {
            expect(start).toBeGreaterThanOrEqual(now[i - 1]?.end ?? 0);
            expect(end - start).toBeGreaterThanOrEqual(least);
            expect(end).toBeLessThanOrEqual(frames);
          }
        }
      }),
    );
  });
});

describe('the view on them', () => {
  const all = { start: 0, end: frames };
  it('zooms around a place, stays inside, and comes back', () => {
    const near = zoomed(all, 4, 250, frames, 20);
    expect(near).toEqual({ start: 187.5, end: 437.5 });
    expect((250 - near.start) / 250).toBeCloseTo(0.25);
    expect(zoomed(near, 100, 250, frames, 20).end - zoomed(near, 100, 250, frames, 20).start).toBe(20);
    expect(zoomed(near, 0.01, 250, frames, 20)).toEqual(all);
    expect(panned(near, 5000, frames)).toEqual({ start: 750, end: 1000 });
  });
  it('moves just so far that a part is in sight', () => {
    const near = { start: 200, end: 400 };
    expect(brought(near, { start: 250, end: 300 }, frames)).toBe(near);
    expect(brought(near, { start: 500, end: 550 }, frames)).toEqual({ start: 360, end: 560 });
    expect(brought(near, { start: 100, end: 150 }, frames)).toEqual({ start: 90, end: 290 });
    expect(brought(near, { start: 500, end: 900 }, frames).start).toBe(490);
  });
});

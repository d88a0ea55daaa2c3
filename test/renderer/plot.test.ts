/** The arithmetic behind the plots: nothing is lost by thinning out, ticks are round, gaps keep their width. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calmRange, extent, minMaxColumns, ticks } from '../../renderer/ui/plot/decimate';
import { laneBoxes, lanesOf } from '../../renderer/ui/plot/lanes';
import { StreamBuffer } from '../../renderer/ui/plot/stream-buffer';

function block(values: number[], axes: number, lost = 0) {
  return { sensor: 0, index: 0, micros: 0, lost, values: Float32Array.from(values), frames: values.length / axes };
}

describe('thinning a trace out', () => {
  it('keeps the smallest and largest value, whatever the width', () => {
    fc.assert(
      fc.property(
        fc.float32Array({ minLength: 1, maxLength: 400, noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 90 }),
        (values, columns) => {
          const out = new Float32Array(2 * columns);
          minMaxColumns(values, 1, 0, 0, values.length, columns, out);
          const seen = [...out].filter((x) => !Number.isNaN(x));
          expect(Math.min(...seen)).toBe(Math.min(...values));
          expect(Math.max(...seen)).toBe(Math.max(...values));
        },
      ),
    );
  });

  it('leaves columns outside the data and in gaps empty', () => {
    const out = new Float32Array(8);
    minMaxColumns(Float32Array.from([1, 2, NaN, NaN]), 1, 0, -4, 4, 4, out);
    expect([...out]).toEqual([NaN, NaN, NaN, NaN, 1, 2, NaN, NaN]);
  });

  it('reads one axis of several', () => {
    const out = new Float32Array(2);
    minMaxColumns(Float32Array.from([1, 100, 2, 200, 3, 300]), 2, 1, 0, 3, 1, out);
    expect([...out]).toEqual([100, 300]);
    expect(extent(Float32Array.from([1, 100, -2, 200]), 2, [0])).toEqual({ low: -2, high: 1 });
    expect(extent(Float32Array.from([NaN]), 1, [0])).toBeUndefined();
  });
});

describe('ticks', () => {
  it('are round, inside, and about as many as asked for', () => {
    expect(ticks(-5, 0, 5)).toEqual([-5, -4, -3, -2, -1, 0]);
    expect(ticks(0, 1, 4)).toEqual([0, 0.5, 1]);
    expect(ticks(1, 1, 4)).toEqual([]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, width) => {
          const marks = ticks(low, low + width, 5);
          expect(marks.length).toBeLessThanOrEqual(7);
          for (const mark of marks) {
            expect(mark).toBeGreaterThanOrEqual(low - width * 1e-6);
            expect(mark).toBeLessThanOrEqual(low + width * (1 + 1e-6));
          }
        },
      ),
    );
  });

  it('a calm range always holds the values and is never flat', () => {
    const range = calmRange(3, 3, 2);
    expect(range.low).toBeLessThanOrEqual(2);
    expect(range.high).toBeGreaterThanOrEqual(4);
  });
});

describe('lanes', () => {
  it('put the same units together and drop hidden axes', () => {
    const axes = [{ units: 'g' }, { units: 'deg/s' }, { units: 'g' }];
    expect(lanesOf(axes)).toEqual([
      { units: 'g', axes: [0, 2] },
      { units: 'deg/s', axes: [1] },
    ]);
    expect(lanesOf(axes, [1])).toEqual([{ units: 'g', axes: [0, 2] }]);
  });

  it('share the height', () => {
    const [first, second] = laneBoxes({ x: 0, y: 10, width: 5, height: 112 }, 2);
    expect(first.height).toBe(50);
    expect(second.y + second.height).toBe(122);
  });
});

describe('the buffer of a stream', () => {
  it('holds the newest frames, contiguous, through any sequence of blocks', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(7)), { maxLength: 40 }), (blocks) => {
        const buffer = new StreamBuffer(2, 100, 16);
        const all: number[] = [];
        let n = 0;
        for (const [frames, lost] of blocks) {
          const values = Array.from({ length: frames * 2 }, () => n++);
          buffer.push(block(values, 2, lost));
          for (let i = 0; i < lost * 2; i++) all.push(NaN);
          all.push(...values);
        }
        expect(buffer.total).toBe(all.length / 2);
        expect([...buffer.latest(16)]).toEqual(all.slice(-32));
        expect([...buffer.latest(3)]).toEqual(all.slice(-6));
      }),
    );
  });

  it('shows lost frames as a hole of their true width', () => {
    const buffer = new StreamBuffer(1, 100, 10);
    buffer.push(block([1, 2], 1));
    buffer.push(block([3], 1, 2));
    expect([...buffer.latest(10)]).toEqual([1, 2, NaN, NaN, 3]);
    expect(buffer.lost).toBe(2);
  });
});

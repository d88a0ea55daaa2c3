/** Impulses: what is chosen from the data, where windows lie, what is in them, and that order and ids do not matter. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCore, type Core } from '../../src/core';
import type { Capture, CaptureSummary } from '../../src/dataset';
import {
  computeRows,
  cutWindow,
  defaultImpulse,
  featureNames,
  fitNormalisation,
  resolveImpulse,
  splitRows,
  windowStarts,
  type ImpulseSettings,
} from '../../src/impulse';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

const axes = ['accX', 'accY', 'accZ'].map((name) => ({ name, units: 'm/s2' }));
let made = 0;

/** A capture whose value is frame + 0.1 * axis, so that every value tells where it comes from. */
function ramp(frames: number, more: Partial<Capture> = {}): Capture {
  const used = more.axes ?? axes;
  const values = new Float32Array(frames * used.length).map(
    (_, i) => Math.floor(i / used.length) + 0.1 * (i % used.length),
  );
  made++;
  return {
    id: `id${made}`,
    kind: 'motion',
    axes: used,
    rateHz: 50,
    frames,
    hash: made.toString(16).padStart(16, '0'),
    values,
    label: 'wave',
    split: 'training',
    splitPinned: false,
    person: '',
    session: '',
    device: '',
    sensor: '',
    createdAt: '',
    source: '',
    gaps: [],
    segments: [],
    boxes: [],
    note: '',
    ...more,
  };
}

const settings = (part: Partial<ImpulseSettings> = {}): ImpulseSettings => ({ ...defaultImpulse('motion'), ...part });
const resolve = (part: Partial<ImpulseSettings>, captures: readonly CaptureSummary[]) =>
  resolveImpulse(settings(part), captures, core);
const firstColumn = (window: Float32Array, width = 3): number[] => Array.from(window).filter((_, i) => i % width === 0);

describe('resolveImpulse', () => {
  it('takes equal captures whole, strides by half', () => {
    const resolved = resolve(
      {},
      Array.from({ length: 5 }, () => ramp(50)),
    );
    expect(resolved.shape).toEqual({ frames: 50, axes: 3, rateHz: 50 });
    expect(resolved.strideFrames).toBe(25);
    expect(resolved.inputShape).toEqual([50, 3]);
    expect(resolved.featureCount).toBe(150);
  });

  it('leaves room around events of several lengths, and passes over the rare long recording', () => {
    const captures = [40, 40, 50, 50, 60, 60, 70, 70, 80, 80, 2000].map((frames) => ramp(frames));
    expect(resolve({}, captures).shape.frames).toBe(80 + (80 - 40));
    expect(resolve({}, [ramp(3), ramp(3)]).shape.frames).toBe(8);
  });

  it('takes two seconds of long captures, and what is given literally', () => {
    expect(resolve({}, [ramp(1000), ramp(1000)]).shape.frames).toBe(100);
    const given = resolve({ windowMs: 500, strideMs: 100, rateHz: 100, axes: ['accZ', 'accX'] }, [ramp(1000)]);
    expect(given).toMatchObject({
      shape: { frames: 50, axes: 2, rateHz: 100 },
      strideFrames: 10,
      axes: ['accZ', 'accX'],
    });
  });

  it('works in the units that boards declare, so that a model from recordings in others runs on them', () => {
    const inMg = ramp(50, { axes: axes.map(({ name }) => ({ name, units: 'mg' })) });
    const resolved = resolveImpulse(defaultImpulse('motion'), [inMg], core);
    expect(resolved.units).toEqual(['m/s2', 'm/s2', 'm/s2']);
    expect(resolved.warnings).toEqual([]);
  });

  it('chooses the rate, the axes and the units of the majority, and says what it converts', () => {
    const inG = axes.map(({ name }) => ({ name, units: 'g' }));
    const withGyro = [...axes, { name: 'gyrX', units: 'deg/s' }];
    const captures = [
      ramp(50),
      ramp(50, { axes: withGyro }),
      ramp(50, { rateHz: 50.1 }),
      ramp(50, { axes: inG, rateHz: 100 }),
    ];
    const resolved = resolve({}, captures);
    expect(resolved.shape.rateHz).toBeCloseTo(50, 0);
    expect(resolved.axes).toEqual(['accX', 'accY', 'accZ']);
    expect(resolved.units).toEqual(['m/s2', 'm/s2', 'm/s2']);
    expect(resolved.warnings).toHaveLength(3);
    expect(resolved.warnings?.[0]).toBe('accX is in g in one capture; it was converted to m/s2.');
  });

  it('leaves out captures of another kind and says so', () => {
    const sound = ramp(16000, { axes: [{ name: 'audio', units: 'wav' }], kind: 'audio', rateHz: 16000 });
    const resolved = resolve({}, [ramp(50), ramp(50), sound]);
    expect(resolved.axes).toEqual(['accX', 'accY', 'accZ']);
    expect(resolved.warnings?.[0]).toContain('One capture lacks');
    expect(windowStarts(sound, resolved)).toEqual([]);
  });

  it('refuses the impossible with a sentence', () => {
    expect(() => resolve({}, [])).toThrowError(expect.objectContaining({ code: 'no-captures' }));
    expect(() => resolve({ axes: ['nose'] }, [ramp(50)])).toThrowError(expect.objectContaining({ code: 'no-axes' }));
    expect(() => resolve({ windowMs: NaN }, [ramp(50)])).toThrowError(expect.objectContaining({ code: 'bad-window' }));
    expect(() => resolve({ windowMs: 1e9, rateHz: 1e5 }, [ramp(50)])).toThrowError(
      expect.objectContaining({ code: 'bad-window' }),
    );
    expect(() => resolve({ dsp: { kind: 'raw', params: { nose: 1 } } }, [ramp(50)])).toThrowError(
      expect.objectContaining({ code: 'bad-parameter' }),
    );
    expect(() => resolve({ dsp: { kind: 'spectral', params: { 'fft-length': 17 } } }, [ramp(50)])).toThrowError(
      expect.objectContaining({ name: 'CoreError' }),
    );
  });
});

describe('windows', () => {
  const resolved = () => resolve({ windowMs: 200, strideMs: 100 }, [ramp(50)]);

  it('lie every stride, the rest split between both ends', () => {
    expect(windowStarts(ramp(10), resolved())).toEqual([0]);
    expect(windowStarts(ramp(14), resolved())).toEqual([2]);
    expect(windowStarts(ramp(15), resolved())).toEqual([0, 5]);
    expect(windowStarts(ramp(28), resolved())).toEqual([1, 6, 11, 16]);
  });

  it('hold the values of their frames', () => {
    const window = cutWindow(ramp(50), 7, resolved());
    expect(firstColumn(window)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(window[1]).toBe(Math.fround(Math.fround(7.1)));
  });

  it('are padded where the capture is short: centred, its ends held', () => {
    const short = ramp(4);
    expect(windowStarts(short, resolved())).toEqual([0]);
    expect(firstColumn(cutWindow(short, 0, resolved()))).toEqual([0, 0, 0, 0, 1, 2, 3, 3, 3, 3]);
  });

  it('never cross gaps, trims or segments', () => {
    const gapped = ramp(50, {
      gaps: [
        { at: 20, lost: 5 },
        { at: 23, lost: 1 },
      ],
    });
    const starts = windowStarts(gapped, resolved());
    expect(starts).toEqual([0, 5, 10, 24, 29, 34, 39]);
    for (const start of starts) {
      const column = firstColumn(cutWindow(gapped, start, resolved()));
      expect(column.some((frame) => frame < 20) && column.some((frame) => frame >= 20)).toBe(false);
    }
    expect(windowStarts(ramp(50, { trim: { start: 12, end: 24 } }), resolved())).toEqual([13]);
    const segmented = ramp(50, {
      segments: [
        { start: 0, end: 20, label: 'idle' },
        { start: 20, end: 30, label: 'wave' },
      ],
    });
    expect(windowStarts(segmented, resolved())).toEqual([0, 5, 10, 20]);
  });

  it('of another rate are resampled, of other units converted', () => {
    const fast = ramp(100, { rateHz: 100 });
    expect(firstColumn(cutWindow(fast, 10, resolved()))).toEqual([10, 12, 14, 16, 18, 20, 22, 24, 26, 28]);
    const slow = ramp(25, { rateHz: 25 });
    expect(firstColumn(cutWindow(slow, 3, resolved()))).toEqual([3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5]);
    const inG = ramp(50, { axes: axes.map(({ name }) => ({ name, units: 'g' })) });
    expect(cutWindow(inG, 2, resolved())[0]).toBeCloseTo(2 * 9.80665, 5);
    const inMg = ramp(50, { axes: axes.map(({ name }) => ({ name, units: 'mg' })) });
    expect(cutWindow(inMg, 1, resolved())[0]).toBeCloseTo(0.00980665, 8);
  });

  it('take axes by name, whatever their order in the capture', () => {
    const turned = ramp(50, { axes: [axes[2], axes[0], axes[1]] });
    expect(Array.from(cutWindow(turned, 4, resolved()).subarray(0, 3))).toEqual([4.1, 4.2, 4].map(Math.fround));
    expect(() => cutWindow(ramp(50, { axes: [axes[0]] }), 0, resolved())).toThrowError(
      expect.objectContaining({ code: 'wrong-capture' }),
    );
  });
});

describe('rows', () => {
  const people = ['ann', 'bob', 'cy', 'dee', 'eve'];
  const captures = people.flatMap((person) =>
    ['idle', 'wave'].flatMap((label) => Array.from({ length: 3 }, () => ramp(60, { person, label }))),
  );
  const rowsOf = async (list: readonly Capture[], part: Partial<ImpulseSettings> = {}) => {
    const resolved = resolve({ windowMs: 400, ...part }, list);
    const byId = new Map(list.map((capture) => [capture.id, capture]));
    const get = (id: string): Promise<Capture> => Promise.resolve(byId.get(id) as Capture);
    return {
      resolved,
      rows: await computeRows(
        core,
        resolved,
        list.map((capture) => capture.id),
        get,
        ['idle', 'wave'],
      ),
    };
  };

  it('do not depend on ids or on the order in which captures come', async () => {
    const { rows } = await rowsOf(captures);
    const renamed = [...captures].reverse().map((capture, i) => ({ ...capture, id: `other${i}` }));
    const again = (await rowsOf(renamed)).rows;
    expect(again.values).toEqual(rows.values);
    expect([again.y, again.starts, again.groups]).toEqual([rows.y, rows.starts, rows.groups]);
  });

  it('are what the core computes of each window', async () => {
    const { resolved, rows } = await rowsOf(captures.slice(0, 6), { dsp: { kind: 'spectral', params: {} } });
    expect(rows.width).toBe(resolved.featureCount);
    for (let row = 0; row < rows.count; row++) {
      const capture = captures.find((one) => one.id === rows.captureIds[row]) as Capture;
      const features = core.features(resolved.block, resolved.shape, cutWindow(capture, rows.starts[row], resolved));
      expect(rows.values.subarray(row * rows.width, (row + 1) * rows.width)).toEqual(features);
    }
  });

  it('split by person where there are several, and keep every label on both sides', async () => {
    const { rows } = await rowsOf(captures);
    const split = splitRows(rows, { fraction: 0.2, seed: 1 });
    expect(split.by).toBe('person');
    expect(split.training.length + split.validation.length).toBe(rows.count);
    const groups = (side: Int32Array): Set<string> => new Set(Array.from(side, (row) => rows.groups[row]));
    const [training, validation] = [groups(split.training), groups(split.validation)];
    for (const group of validation) expect(training.has(group)).toBe(false);
    expect(new Set(Array.from(split.validation, (row) => rows.y[row])).size).toBe(2);
    expect(splitRows(rows, { fraction: 0.2, seed: 1 })).toEqual(split);
    expect(validation.size).toBe(1);
  });

  it('split by session or by capture where there are no people', async () => {
    const sessions = captures.map((capture) => ({ ...capture, person: '', session: `day ${capture.person}` }));
    expect(splitRows((await rowsOf(sessions)).rows, { fraction: 0.2, seed: 1 }).by).toBe('session');
    const alone = captures.map((capture) => ({ ...capture, person: 'ann' }));
    const { rows } = await rowsOf(alone);
    const split = splitRows(rows, { fraction: 0.2, seed: 1 });
    expect(split.by).toBe('capture');
    const sides = new Map<string, Set<string>>();
    for (const [name, side] of [
      ['t', split.training],
      ['v', split.validation],
    ] as const) {
      for (const row of side) sides.set(rows.captureIds[row], (sides.get(rows.captureIds[row]) ?? new Set()).add(name));
    }
    for (const seen of sides.values()) expect(seen.size).toBe(1);
    expect(split.validation.length / rows.count).toBeCloseTo(0.2, 1);
  });

  it('take the labels of segments and leave out labels that nobody asked for', async () => {
    const mixed = ramp(60, {
      segments: [
        { start: 0, end: 20, label: 'idle' },
        { start: 20, end: 40, label: 'wave' },
        { start: 40, end: 60, label: 'else' },
      ],
    });
    const { rows } = await rowsOf([mixed]);
    expect(Array.from(rows.y)).toEqual([0, 1]);
  });

  it('can be cancelled', async () => {
    const resolved = resolve({}, captures);
    const work = computeRows(core, resolved, ['a'], () => Promise.resolve(captures[0]), [], {
      signal: AbortSignal.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('normalisation', () => {
  it('has mean 0 and deviation 1 per axis of raw windows and per feature otherwise; constants count for nothing', async () => {
    const noisy = Array.from({ length: 20 }, (_, i) => {
      const capture = ramp(50);
      return {
        ...capture,
        values: capture.values.map((_, k) => (k % 3 === 2 ? 9.81 : Math.sin(k * 12.9898 + i) * (1 + (k % 3)) + 5)),
      };
    });
    const byId = new Map(noisy.map((capture) => [capture.id, capture]));
    for (const kind of ['raw', 'flatten'] as const) {
      const resolved = resolve({ windowMs: 400, dsp: { kind, params: {} } }, noisy);
      const rows = await computeRows(
        core,
        resolved,
        [...byId.keys()],
        (id) => Promise.resolve(byId.get(id) as Capture),
        ['wave'],
      );
      const normalisation = fitNormalisation(rows, resolved);
      expect(normalisation.mean.length).toBe(kind === 'raw' ? 3 : rows.width);
      const values = core.normalise(rows.values, normalisation);
      const period = normalisation.mean.length;
      for (let at = 0; at < period; at++) {
        const column = Array.from(values).filter((_, i) => i % period === at);
        const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
        const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
        expect(mean).toBeCloseTo(0, 3);
        if (normalisation.inverseStd[at] === 0) expect(variance).toBe(0);
        else expect(variance).toBeCloseTo(1, 2);
      }
      expect(normalisation.inverseStd.some((inverse) => inverse === 0)).toBe(true);
    }
  });
});

describe('featureNames', () => {
  it('names every feature of every block', () => {
    const blocks: ImpulseSettings['dsp'][] = [
      { kind: 'raw', params: {} },
      { kind: 'flatten', params: {} },
      { kind: 'flatten', params: { average: 0, kurtosis: 0 } },
      { kind: 'spectral', params: {} },
      { kind: 'spectral', params: { 'fft-length': 32, 'filter-type': 1, 'filter-cutoff': 5 } },
      { kind: 'spectral', params: { 'fft-length': 32, 'filter-type': 2, 'filter-cutoff': 5 } },
    ];
    for (const dsp of blocks) {
      const resolved = resolve({ dsp }, [ramp(50)]);
      const names = featureNames(resolved);
      expect(names).toHaveLength(resolved.featureCount);
      expect(new Set(names).size).toBe(names.length);
    }
    expect(featureNames(resolve({ dsp: { kind: 'spectral', params: {} } }, [ramp(50)]))[5]).toBe('accX 3.125 Hz');
    expect(featureNames(resolve({}, [ramp(50)]))[4]).toBe('accY at 20 ms');
  });
});

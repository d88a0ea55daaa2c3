/** Recordings in little: nothing of their reach is lost, long ones are read once, and the request for the app. */
import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project } from '../../src/project';
import { outlineOf } from '../../src/project/outlines';
import { codeOf, makeRig, type Rig } from './rig';

describe('an outline', () => {
  it('is the recording itself where that is short, and never longer than asked for', () => {
    const short = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(outlineOf(short, 2, 3)).toBe(short);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.nat(400),
        fc.integer({ min: 8, max: 64 }),
        (axes, frames, points) => {
          const values = Float32Array.from({ length: (frames + 1) * axes }, (_, i) => Math.sin(i * i));
          const out = outlineOf(values, axes, points);
          expect(out.length / axes).toBeLessThanOrEqual(points);
          for (let axis = 0; axis < axes; axis++) {
            const of = (all: Float32Array): number[] => [...all].filter((_, i) => i % axes === axis);
            expect(Math.min(...of(out))).toBe(Math.min(...of(values)));
            expect(Math.max(...of(out))).toBe(Math.max(...of(values)));
          }
        },
      ),
    );
  });
  it('keeps each stretch by itself, the smallest before the largest', () => {
    const values = Float32Array.of(3, 1, 2, 9, 7, 8, -1, 0);
    expect(outlineOf(values, 1, 4)).toEqual(Float32Array.of(1, 9, -1, 8));
  });
});

describe('the request', () => {
  let rig: Rig;
  let folder: string;
  let long: string;
  let short: string;
  const axes = [{ name: 'audio', units: 'wav' }];
  const outline = (id: string, points = 100) => rig.request('data.outline', { id, points });

  beforeAll(async () => {
    rig = makeRig();
    folder = join(rig.folder, 'p');
    const project = await Project.create(folder, { task: 'audio' });
    const sound = (length: number) => Float32Array.from({ length }, (_, i) => Math.round(9000 * Math.sin(i / 900)));
    const add = async (length: number): Promise<string> => {
      const capture = { kind: 'audio' as const, values: sound(length), axes, rateHz: 16_000, notes: { label: 'x' } };
      return (await project.dataset.add(capture)).id;
    };
    long = await add(600_000);
    short = await add(2000);
    await project.close();
    await rig.request('project.open', { folder });
  });
  afterAll(() => rig.tearDown());
  const cache = (): string => join(folder, '.cache', 'outlines');

  it('answers for a short recording without keeping a file', async () => {
    const { values, ...about } = await outline(short);
    expect(about).toEqual({ axes, rateHz: 16_000, frames: 2000 });
    expect(values).toHaveLength(100);
    expect(existsSync(cache())).toBe(false);
    expect((await outline(short, 4000)).values).toHaveLength(2000);
  });
  it('reads a long recording once, also for the next time the project is open', async () => {
    const first = await outline(long);
    expect(Math.max(...first.values)).toBe(9000);
    expect(Math.min(...first.values)).toBe(-9000);
    expect(readdirSync(cache())).toHaveLength(1);
    await rig.request('project.close', undefined);
    const file = join(folder, 'captures', `${long}.wav`);
    const sound = readFileSync(file);
    await rig.request('project.open', { folder });
    rmSync(file);
    expect(await outline(long)).toEqual(first);
    await expect(codeOf(rig.request('data.get', { id: long }))).resolves.toBe('unknown-capture');
    writeFileSync(file, sound);
  });
  it('makes a damaged file anew', async () => {
    const before = await outline(long, 200);
    writeFileSync(join(cache(), readdirSync(cache())[0]), 'nonsense');
    await rig.request('project.close', undefined);
    await rig.request('project.open', { folder });
    expect(await outline(long, 200)).toEqual(before);
  });
  it('says what is no recording', async () => {
    await expect(codeOf(outline('never-there'))).resolves.toBe('unknown-capture');
    const project = await Project.create(join(rig.folder, 'q'), { task: 'image' });
    const gray = [{ name: 'gray', units: 'N/A' }];
    const picture = { kind: 'image' as const, values: new Float32Array(64), axes: gray, rateHz: 1, width: 8 };
    const { id } = await project.dataset.add({ ...picture, notes: { label: 'x' } });
    await project.close();
    await rig.request('project.open', { folder: project.folder });
    await expect(codeOf(outline(id))).resolves.toBe('bad-argument');
  });
});

describe('exporting from the app', () => {
  it('signs what is exported with a key, and tells a wrong key when it comes back', async () => {
    const rig = makeRig();
    try {
      await rig.create();
      const source = join(rig.folder, 'a.wave.csv');
      writeFileSync(source, 'timestamp,accX\n0,1\n10,2\n20,3\n30,5\n');
      await rig.request('data.import', { paths: [source] });
      for (const format of ['acquisition', 'acquisition-json'] as const) {
        const path = join(rig.folder, format);
        await rig.request('data.export', { format, path, hmacKey: 'secret' });
        await rig.create(`other ${format}`);
        const wrong = await rig.request('data.import', { paths: [path], hmacKey: 'another' }).then(
          ({ warnings }) => warnings.join(' '),
          (error: Error) => error.message,
        );
        expect(wrong).toMatch(/sign/i);
        const { imported, duplicates, warnings } = await rig.request('data.import', {
          paths: [path],
          hmacKey: 'secret',
        });
        expect(imported + duplicates).toBe(1);
        expect(warnings).toEqual([]);
        await rig.request('project.open', { folder: join(rig.folder, 'p') });
      }
    } finally {
      await rig.tearDown();
    }
  });
});

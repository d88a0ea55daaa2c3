/** Held-out sound and pictures sent to the simulated board as its own senses would give them: board = app, or it is seen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import type { NewCapture } from '../../src/dataset';
import { connectDevice, simulatedPort, SimulatedTransport, type Device } from '../../src/link';
import { deployProject, Project, testProject, trainProject, type Task } from '../../src/project';
import { codeOf } from './rig';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-senses-'));
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

async function projectOf(name: string, task: Task, captures: readonly NewCapture[]): Promise<Project> {
  const project = await Project.create(join(folder, name), { task });
  ends.push(() => project.close());
  for (const capture of captures) await project.dataset.add(capture);
  return project;
}

async function boardFor(project: Project): Promise<Device> {
  const device = await connectDevice(new SimulatedTransport('sim', { seed: 1 }), simulatedPort);
  ends.unshift(() => device.close());
  await deployProject(project, device);
  return device;
}

function tone(hz: number, seed: number, rateHz: number, testing: boolean): NewCapture {
  const random = new Random(seed);
  const values = Float32Array.from({ length: 0.7 * rateHz }, (_, i) =>
    Math.round(random.normal() * 60 + 3000 * Math.sin((2 * Math.PI * hz * i) / rateHz)),
  );
  const split = testing ? ('testing' as const) : ('training' as const);
  return {
    ...{ values, rateHz, kind: 'audio' as const, axes: [{ name: 'audio', units: 'wav' }] },
    notes: { label: hz > 1000 ? 'high' : 'low', person: testing ? 'ann' : `p${seed % 3}`, split },
  };
}

function sheet(width: number, height: number, seed: number, testing: boolean): NewCapture {
  const random = new Random(seed);
  const red = seed % 2 === 0;
  const values = Float32Array.from({ length: width * height * 3 }, (_, i) =>
    Math.min(255, random.below(120) + (i % 3 === (red ? 0 : 2) ? 120 : 0)),
  );
  const axes = ['red', 'green', 'blue'].map((name) => ({ name, units: 'N/A' }));
  const split = testing ? ('testing' as const) : ('training' as const);
  return { values, axes, rateHz: 1, kind: 'image', width, notes: { label: red ? 'red' : 'blue', split } };
}

const settings = { epochs: 1, threads: 1, augment: false };

describe('held-out captures on the board', () => {
  it('of sound are heard by the board itself, also where the recording has another rate', async () => {
    const captures = Array.from({ length: 12 }, (_, i) => tone(i % 2 ? 2400 : 500, i, 16_000, false));
    const held = [tone(2300, 91, 16_000, true), tone(450, 92, 16_000, true), tone(520, 93, 15_000, true)];
    const project = await projectOf('sounds', 'audio', [...captures, ...held]);
    await trainProject(project, { settings });
    const device = await boardFor(project);
    const report = await testProject(project, 'device', device);
    expect(report).toMatchObject({ engine: 'device', count: 3, sensed: 3, mismatches: 0 });
    expect(report.accuracy).toBe((await testProject(project, 'int8', null)).accuracy);
    // The board keeps the model that it has: what was learned anew answers otherwise, and that is seen.
    await trainProject(project, { settings: { ...settings, seed: 7 } });
    expect((await testProject(project, 'device', device)).mismatches).toBe(3);
  });

  it('of pictures are seen by the board itself, but for those beyond its memory', async () => {
    const captures = Array.from({ length: 10 }, (_, i) => sheet(40, 32, i, false));
    const held = [sheet(40, 32, 91, true), sheet(50, 33, 92, true), sheet(640, 480, 93, true)];
    const project = await projectOf('sheets', 'image', [...captures, ...held]);
    await trainProject(project, { settings });
    const device = await boardFor(project);
    expect(await testProject(project, 'device', device)).toMatchObject({ count: 3, sensed: 2, mismatches: 0 });

    const words = await projectOf('sounds2', 'audio', [tone(2400, 1, 16_000, false), tone(500, 2, 16_000, false)]);
    await words.dataset.add(tone(500, 3, 16_000, true));
    await trainProject(words, { settings });
    expect(await codeOf(testProject(words, 'device', device))).toBe('device-cannot');
  });
});

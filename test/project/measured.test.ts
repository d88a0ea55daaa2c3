/** What a board took for a model is kept with the project, and fit knows it. The board is simulated but does not say so. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDevice, customPort, simulatedPort, SimulatedTransport, type Device } from '../../src/link';
import { deployProject, fitProject, testProject, trainProject, type Project } from '../../src/project';
import { loadMeasured } from '../../src/project/measured';
import { smallProjects, type SmallProjects } from './small-project';

const board = 'nano33ble-sense';
let projects: SmallProjects;
let project: Project;
beforeAll(async () => {
  projects = await smallProjects();
  project = await projects.open();
  await trainProject(project);
});
afterAll(() => projects.remove());

async function withBoard<T>(port: typeof simulatedPort, work: (device: Device) => Promise<T>): Promise<T> {
  const device = await connectDevice(new SimulatedTransport('sim', { board, uid: 'A1' }), port);
  try {
    await deployProject(project, device);
    return await work(device);
  } finally {
    await device.close();
  }
}

it('a simulated board’s times are told, but not kept', async () => {
  const { measured } = await withBoard(simulatedPort, (device) => testProject(project, 'device', device));
  expect(measured?.layers.length).toBeGreaterThan(1);
  expect(measured?.layers.at(-1)?.operator).toBe('SOFTMAX');
  expect(await loadMeasured(project.folder)).toEqual([]);
  expect((await fitProject(project, board)).latency.basis).toBe('estimated');
});

it('a board’s times are kept, become the fit of that model, and correct the estimate for others', async () => {
  const { measured, mismatches } = await withBoard(customPort('/dev/board'), (device) =>
    testProject(project, 'device', device),
  );
  expect(mismatches).toBe(0);
  const [kept, ...others] = await loadMeasured(project.folder);
  expect(others).toEqual([]);
  expect(kept).toMatchObject({ board, uid: 'A1', ...measured });
  const fit = await fitProject(project, board);
  expect(fit.latency).toMatchObject({ basis: 'measured', modelMs: kept.modelMicros / 1000 });
  expect((await fitProject(project, 'rpi-pico')).latency.basis).toBe('estimated');

  // Three times as slow as it was thought to be.
  const slow = {
    ...kept,
    estimated: { dspMicros: kept.dspMicros / 3, modelMicros: kept.modelMicros / 3 },
    dspMicros: Math.max(kept.dspMicros, 3),
  };
  const path = join(project.folder, 'model', 'measured.json');
  await writeFile(path, JSON.stringify({ version: 1, measurements: [slow] }));
  await project.change(({ training }) => ({ training: { ...training, seed: 7 } }));
  await trainProject(project);
  const corrected = (await fitProject(project, board)).latency;
  const counted = (await fitProject(project, board, [])).latency;
  expect(corrected.basis).toBe('estimated');
  expect(corrected.explanation).toContain('3.00 times the estimate');
  expect(corrected.modelMs).toBeCloseTo(3 * counted.modelMs, 6);
});

it('a damaged file of measurements counts as none', async () => {
  const path = join(project.folder, 'model', 'measured.json');
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, 40));
  expect(await loadMeasured(project.folder)).toEqual([]);
  expect((await fitProject(project, board)).latency.basis).toBe('estimated');
});

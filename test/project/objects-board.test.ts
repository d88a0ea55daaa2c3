/** Scenes from the simulated camera: learned with their boxes, flashed, tested on the board bit for bit, found live. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { connectDevice, simulatedPort, SimulatedTransport } from '../../src/link';
import { startLive, type LiveResult } from '../../src/live';
import { deployProject, liveModelOf, passTime, Project, testProject, trainProject } from '../../src/project';
import { recordSimulatedTakes } from '../../src/project/simulated-takes';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-scenes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('goes to the board as a grid and finds there what it finds here', async () => {
  const project = await Project.create(join(folder, 'scenes'), { task: 'image' });
  const transport = new SimulatedTransport('sim', { seed: 5 });
  const device = await connectDevice(transport, simulatedPort);
  try {
    const plan = { task: 'image', persons: 3, takesEach: 6, seconds: 0, rateHz: 5, seed: 2, scenes: true } as const;
    await recordSimulatedTakes(project.dataset, plan);
    const dsp = { kind: 'image', params: { 'image-width': 48, 'image-height': 48 } } as const;
    await project.change({ impulse: { ...project.settings.impulse, dsp } });
    const { report, ...model } = await trainProject(project, { settings: { epochs: 4, threads: 1, size: 'small' } });
    expect(report.testedOn).toBe('person');
    const deployed = await deployProject(project, device);
    expect(deployed.goldenVectors).toBeGreaterThan(0);
    const board = await testProject(project, 'device', device);
    expect(board).toMatchObject({ engine: 'device', count: 6, mismatches: 0 });
    expect(board.objects).toEqual(report.int8?.objects);
    const results: LiveResult[] = [];
    const live = await startLive(device, liveModelOf(project.settings, { report, ...model }), (one) =>
      results.push(one),
    );
    const world = await transport.world();
    world.setSpeed(0);
    world.player.showScene('somebody new');
    await passTime(world, 2);
    await live.stop();
    expect(results.length).toBeGreaterThan(10);
    for (const { objects, scores } of results) {
      expect(scores).toHaveLength(report.labels.length);
      for (const { label, x, y } of objects ?? []) {
        expect(report.labels).toContain(label);
        expect(x > 0 && x < 1 && y > 0 && y < 1).toBe(true);
      }
    }
    // What is found is found with a score that reaches what its label must reach.
    const found = results.flatMap(({ objects }) => objects ?? []);
    for (const { label, score } of found)
      expect(score).toBeGreaterThan((model.thresholds?.[report.labels.indexOf(label)] ?? 1) - 0.01);
  } finally {
    await device.close();
    await project.close();
  }
});

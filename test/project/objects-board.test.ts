/** Things in pictures: learned with their boxes, flashed, tested on the board bit for bit, and found by its camera. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { connectDevice, simulatedPort, SimulatedTransport } from '../../src/link';
import { startLive, type LiveResult } from '../../src/live';
import { deployProject, liveModelOf, passTime, Project, testProject, trainProject } from '../../src/project';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-scenes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const side = 96;
const size = 24;

/** A light disc and a dark square on gray, well apart: so easy to tell that few rounds of training are enough. */
function easyPicture(seed: number) {
  const random = new Random(seed);
  const pixels = Uint8Array.from({ length: side * side * 3 }, () => 120 + Math.round(random.uniform() * 16));
  const between = (low: number, high: number): number => Math.round(low + random.uniform() * (high - low));
  const boxes = [
    { label: 'disc', x: between(2, 22), y: between(2, 70), width: size, height: size },
    { label: 'square', x: between(50, 70), y: between(2, 70), width: size, height: size },
  ];
  for (const { label, x, y } of boxes)
    for (let at = 0; at < size * size; at++) {
      const [column, row] = [at % size, Math.floor(at / size)];
      if (label === 'disc' && Math.hypot(row - 11.5, column - 11.5) > 12) continue;
      const pixel = 3 * ((y + row) * side + x + column);
      pixels.fill(label === 'disc' ? 235 : 15, pixel, pixel + 3);
    }
  return { pixels, boxes };
}

/** Of three people, the last held out. */
async function addPictures(project: Project): Promise<void> {
  const axes = ['red', 'green', 'blue'].map((name) => ({ name, units: 'N/A' }));
  for (let seed = 0; seed < 36; seed++) {
    const { pixels, boxes } = easyPicture(seed);
    const person = Math.floor(seed / 12);
    await project.dataset.add({
      kind: 'image',
      values: Float32Array.from(pixels),
      axes,
      rateHz: 1,
      width: side,
      notes: {
        label: 'disc',
        boxes,
        person: String(person),
        split: person === 2 ? 'testing' : 'training',
        splitPinned: true,
      },
    });
  }
}

it('goes to the board as a grid and finds there what it finds here', async () => {
  const project = await Project.create(join(folder, 'scenes'), { task: 'image' });
  const transport = new SimulatedTransport('sim', { seed: 5 });
  const device = await connectDevice(transport, simulatedPort);
  try {
    await addPictures(project);
    const dsp = { kind: 'image', params: { 'image-width': 48, 'image-height': 48 } } as const;
    await project.change({ impulse: { ...project.settings.impulse, dsp } });
    const { report, ...model } = await trainProject(project, { settings: { epochs: 20, threads: 1, size: 'small' } });
    expect(report.testedOn).toBe('person');
    expect(report.labels).toEqual(['disc', 'square']);
    expect(report.int8?.objects?.f1).toBeGreaterThan(0.9);
    const deployed = await deployProject(project, device);
    expect(deployed.goldenVectors).toBeGreaterThan(0);
    const board = await testProject(project, 'device', device);
    expect(board).toMatchObject({ engine: 'device', count: 12, mismatches: 0 });
    expect(board.objects).toEqual(report.int8?.objects);

    // A picture that nobody has taken yet, before the board's camera.
    const { pixels, boxes } = easyPicture(1000);
    const shown = join(folder, 'shown', 'new');
    mkdirSync(shown, { recursive: true });
    writeFileSync(join(shown, 'one.png'), encode({ width: side, height: side, data: pixels, channels: 3 }));
    await transport.playFolder(join(folder, 'shown'));
    const results: LiveResult[] = [];
    const live = await startLive(device, liveModelOf(project.settings, { report, ...model }), (one) =>
      results.push(one),
    );
    const world = await transport.world();
    world.setSpeed(0);
    await passTime(world, 2);
    await live.stop();
    expect(results.length).toBeGreaterThan(10);
    const { objects = [] } = results[results.length - 1];
    expect(objects.map(({ label }) => label).sort()).toEqual(['disc', 'square']);
    for (const { label, score, x, y } of objects) {
      const box = boxes.find((one) => one.label === label);
      expect(Math.abs(x * side - (box?.x ?? NaN) - size / 2), `${label} across`).toBeLessThan(size / 2);
      expect(Math.abs(y * side - (box?.y ?? NaN) - size / 2), `${label} down`).toBeLessThan(size / 2);
      // What is found is found with a score that reaches what its label must reach.
      expect(score).toBeGreaterThan((model.thresholds?.[report.labels.indexOf(label)] ?? 1) - 0.01);
    }
  } finally {
    await device.close();
    await project.close();
  }
}, 60_000);

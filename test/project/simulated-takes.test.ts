/** Little datasets of every task, recorded from the simulated board over its wire. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project } from '../../src/project';
import { recordSimulatedTakes, type TakesPlan } from '../../src/project/simulated-takes';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dormouse-takes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function record(plan: TakesPlan, name = 'one') {
  const project = await Project.create(join(folder, name), { name, task: plan.task ?? 'motion' });
  const saved = await recordSimulatedTakes(project.dataset, plan);
  const captures = await Promise.all(saved.map(({ id }) => project.dataset.get(id)));
  await project.close();
  return captures;
}

describe('recordings of simulated people', () => {
  it('holds whole words, and each person’s room', async () => {
    const plan = { task: 'audio', persons: 2, takesEach: 1, seconds: 1, rateHz: 16_000, seed: 1 } as const;
    const captures = await record({ ...plan, backgroundSeconds: 3 });
    expect(captures.map(({ label, frames }) => `${label} ${frames}`)).toEqual(
      [1, 2].flatMap(() => [
        ...['yes', 'no', 'stop', 'go', 'unknown', 'background'].map((label) => `${label} 16000`),
        'background 48000',
      ]),
    );
    for (const { kind, axes, gaps, values, label } of captures) {
      expect({ kind, gaps, axes }).toEqual({ kind: 'audio', gaps: [], axes: [{ name: 'audio', units: 'wav' }] });
      if (label === 'background') continue;
      // Quiet at both ends, loud in between: the word is not cut.
      const loudest = (from: number, to: number): number =>
        values.subarray(from, to).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(loudest(0, 800)).toBeLessThan(0.2 * loudest(0, 16_000));
      expect(loudest(15_500, 16_000)).toBeLessThan(0.2 * loudest(0, 16_000));
    }
    expect(captures.map(({ split }) => split)).toEqual([
      ...Array<string>(7).fill('training'),
      ...Array<string>(7).fill('testing'),
    ]);
    expect((await record({ ...plan, backgroundSeconds: 3 }, 'two')).map(({ hash }) => hash)).toEqual(
      captures.map(({ hash }) => hash),
    );
  });

  it('holds pictures of one thing each', async () => {
    const captures = await record({ task: 'image', persons: 2, takesEach: 3, seconds: 1, rateHz: 30, seed: 1 });
    expect(captures.map(({ label }) => label).slice(0, 12)).toEqual(
      ['circle', 'square', 'triangle', 'background'].flatMap((label) => [label, label, label]),
    );
    for (const { kind, width, frames, axes, boxes } of captures) {
      expect({ kind, width, frames, boxes }).toEqual({ kind: 'image', width: 96, frames: 96 * 96, boxes: [] });
      expect(axes.map(({ name }) => name)).toEqual(['red', 'green', 'blue']);
    }
    expect(new Set(captures.map(({ hash }) => hash)).size).toBe(24);
  });

  it('holds pictures of several things, with a box around each', async () => {
    const plan = { task: 'image', persons: 3, takesEach: 6, seconds: 1, rateHz: 30, seed: 2, scenes: true } as const;
    const captures = await record(plan);
    expect(captures).toHaveLength(18);
    const counts = new Set(captures.map(({ boxes }) => boxes.length));
    expect(counts.size).toBeGreaterThan(2);
    for (const { boxes, label, values } of captures) {
      if (boxes.length === 0) expect(label).toBe('background');
      else expect(boxes.map((box) => box.label)).toContain(label);
      for (const box of boxes) {
        expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= 96 && box.y + box.height <= 96).toBe(true);
        // The middle of a box is of another lightness than the ground right outside its corners.
        const light = (x: number, y: number): number => {
          const at = (Math.min(95, Math.max(0, Math.round(y))) * 96 + Math.min(95, Math.max(0, Math.round(x)))) * 3;
          return values[at] + 2 * values[at + 1] + values[at + 2];
        };
        const middle = light(box.x + box.width / 2, box.y + box.height / 2);
        const outside = [
          light(box.x - 3, box.y - 3),
          light(box.x + box.width + 3, box.y - 3),
          light(box.x - 3, box.y + box.height + 3),
          light(box.x + box.width + 3, box.y + box.height + 3),
        ];
        expect(Math.max(...outside.map((value) => Math.abs(value - middle)))).toBeGreaterThan(40);
      }
    }
  });

  it('holds a machine that runs well, only that to learn from', async () => {
    const captures = await record({ task: 'anomaly', persons: 2, takesEach: 1, seconds: 2, rateHz: 200, seed: 1 });
    expect(captures.map(({ label, split, person }) => `${person}: ${label}, ${split}`)).toEqual([
      'person 1: fan, training',
      'person 1: fan with a coin, testing',
      'person 1: off, testing',
      'person 2: fan, testing',
      'person 2: fan with a coin, testing',
      'person 2: off, testing',
    ]);
    const swing = (capture: (typeof captures)[number]): number => {
      const x = Array.from({ length: capture.frames }, (_, i) => capture.values[i * 6]);
      const mean = x.reduce((a, b) => a + b) / x.length;
      return Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length);
    };
    for (const person of [0, 3]) {
      expect(swing(captures[person + 1])).toBeGreaterThan(1.2 * swing(captures[person]));
      expect(swing(captures[person + 2])).toBeLessThan(0.6 * swing(captures[person]));
    }
  });
});

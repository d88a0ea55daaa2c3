/** Things found in pictures: cells from boxes, centres matched with boxes, and a whole small project of drawn squares. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import type { Box, NewCapture } from '../../src/dataset';
import { matchCentres } from '../../src/model';
import { imageOf, Project, testProject, trainProject } from '../../src/project';
import { parseImage } from '../../src/deploy';
import { cellsOf } from '../../src/project/objects';
import { choicesFor } from '../../src/project/training';
import { setBoxes, thumbnail } from '../../src/project/pictures';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-objects-'));
const open: Project[] = [];
afterAll(async () => {
  for (const project of open) await project.close();
  rmSync(folder, { recursive: true, force: true });
});

const side = 32;
const axes = ['red', 'green', 'blue'].map((name) => ({ name, units: 'N/A' }));
const colours: Readonly<Record<string, readonly number[]>> = { plum: [150, 40, 160], lime: [90, 220, 60] };

/** Up to three squares on a noisy table, never side by side. */
function table(seed: number): NewCapture {
  const random = new Random(seed);
  const values = Float32Array.from({ length: side * side * 3 }, () => 100 + random.below(30));
  const boxes: Box[] = [];
  for (const [left, top] of [
    [2, 3],
    [18, 2],
    [10, 19],
  ].slice(0, random.below(4))) {
    const label = random.below(2) === 0 ? 'plum' : 'lime';
    const [x, y] = [left + random.below(4), top + random.below(4)];
    for (let dy = 0; dy < 7; dy++)
      for (let dx = 0; dx < 7; dx++) values.set(colours[label], ((y + dy) * side + x + dx) * 3);
    boxes.push({ label, x, y, width: 7, height: 7 });
  }
  const label = boxes[0]?.label ?? 'background';
  return { values, axes, rateHz: 1, kind: 'image', width: side, notes: { label, boxes } };
}

describe('cells', () => {
  it('hold the label of each centre and of its nearest neighbours; a smaller thing lies over a larger', () => {
    const box = (label: string, x: number, y: number, size: number) => ({ label, x, y, width: size, height: size });
    // Centres at 2.1, 1.9 and 2.6, 1.6 of four by four cells.
    const cells = cellsOf([box('a', 0.275, 0.225, 0.5), box('b', 0.6, 0.35, 0.1)], ['a', 'b'], 4, 4);
    const line = (row: number): number[] => [...cells.subarray(row * 4, row * 4 + 4)];
    expect([line(0), line(1), line(2), line(3)]).toEqual([
      [0, 0, 0, 0],
      [0, 1, 2, 2],
      [0, 1, 1, 2],
      [0, 0, 0, 0],
    ]);
  });
});

describe('centres and boxes', () => {
  const box = (label: string, x: number, y: number) => ({ label, x, y, width: 2, height: 2 });
  const centre = (label: string, x: number, y: number, score = 1) => ({ label, x, y, score });

  it('pair by label, each once, and as many as there can be', () => {
    const boxes = [box('a', 0, 0), box('a', 1, 0), box('b', 5, 5)];
    // The first lies in both boxes of its label, the second in the first only.
    expect([...matchCentres([centre('a', 1.2, 1), centre('a', 0.5, 1, 0.4)], boxes)]).toEqual([1, 0]);
    expect([...matchCentres([centre('a', 6, 6), centre('b', 6, 6), centre('b', 5.5, 6, 0.9)], boxes)]).toEqual([
      -1, 2, -1,
    ]);
    expect([...matchCentres([], boxes)]).toEqual([]);
  });
});

describe('a project whose pictures carry boxes', () => {
  it('finds and counts what it was shown, goes on the board as a grid, and scores the same again', async () => {
    const project = await Project.create(join(folder, 'squares'), { task: 'image' });
    open.push(project);
    for (let seed = 1; seed <= 60; seed++) {
      const { notes, ...picture } = table(seed);
      await project.dataset.add({ ...picture, notes: { ...notes, split: seed % 4 === 0 ? 'testing' : 'training' } });
    }
    const model = await trainProject(project, { settings: { epochs: 16, threads: 1, size: 'small' } });
    const { objects, accuracy } = model.report.int8 ?? {};
    expect(model.report.labels).toEqual(['lime', 'plum']);
    expect(objects?.f1).toBeGreaterThan(0.8);
    expect(accuracy).toBeGreaterThan(0.8);
    expect(objects?.countError).toBeLessThan(0.3);
    const boxes = project.dataset.list({ split: 'testing' }).items.flatMap((item) => item.boxes);
    expect(objects?.count).toBe(boxes.length);
    const tested = await testProject(project, 'int8', null);
    expect(tested.objects).toEqual(objects);
    const { manifest } = parseImage(await imageOf(project));
    expect(manifest).toMatchObject({ head: 'objects', labels: ['lime', 'plum'], sensor: 'camera' });
    expect(manifest.live.thresholds).toHaveLength(2);
    await project.change({ training: { ...project.settings.training, size: 'small' } });
    expect(await choicesFor(project)).toMatchObject({ suggested: 'fomo', cost: { macs: model.report.macs } });
  });

  it('keeps the boxes that a person draws, cut to the picture, and shows a small picture of it', async () => {
    const project = await Project.create(join(folder, 'drawn'), { task: 'image' });
    open.push(project);
    const { id } = await project.dataset.add(table(3));
    await setBoxes(project.dataset, id, [
      { label: 'cup', x: -4, y: 20, width: 10, height: 30 },
      { label: 'far', x: 40, y: 0, width: 4, height: 4 },
    ]);
    expect(project.dataset.list().items[0]).toMatchObject({
      label: 'cup',
      boxes: [{ label: 'cup', x: 0, y: 20, width: 6, height: 12 }],
    });
    expect(await thumbnail(project.dataset, id, 16)).toMatchObject({ width: 16, height: 16, pixels: { length: 768 } });
    await setBoxes(project.dataset, id, []);
    expect(project.dataset.list().items[0]).toMatchObject({ label: 'background', boxes: [] });
    await project.dataset.undo();
    expect(project.dataset.list().items[0].label).toBe('cup');
  });
});

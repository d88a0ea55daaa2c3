/** The map of recordings: places on the canvas and back, zooming, keys, edits made since, and all of it in a browser. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addedSince, dotsOf, openDuplicates, openSuspects, relabelled } from '../../renderer/explorer/dots';
import { nearest, nextInDirection, toCanvas, toMap, wholeMap, zoomed } from '../../renderer/explorer/view';
import type { CaptureSummary } from '../../src/dataset/types';
import type { ExplorerMap } from '../../src/project/contract';
import { pictures, useBrowser } from '../support/browser';
import { describeWith, needsCommands } from '../support/needs';

const size = { width: 640, height: 400 };

describe('places on the canvas', () => {
  it('hold the whole map, upright, and come back', () => {
    expect(toCanvas({ x: 0, y: 1 }, wholeMap, size)).toEqual({ x: 320, y: 16 });
    const view = { x: 0.2, y: -0.4, zoom: 7 };
    const there = toCanvas({ x: 0.31, y: -0.7 }, view, size);
    const back = toMap(there, view, size);
    expect(back.x).toBeCloseTo(0.31, 9);
    expect(back.y).toBeCloseTo(-0.7, 9);
  });
  it('keep still under the pointer while zooming, and end at the whole map', () => {
    const place = { x: 100, y: 333 };
    const before = toMap(place, wholeMap, size);
    const view = zoomed(zoomed(wholeMap, 3, place, size), 2, place, size);
    const after = toMap(place, view, size);
    expect(after.x).toBeCloseTo(before.x, 9);
    expect(after.y).toBeCloseTo(before.y, 9);
    expect(zoomed(view, 0.01, place, size)).toEqual(wholeMap);
    expect(zoomed(view, 1e9, place, size).zoom).toBe(60);
  });
  it('are found by pointer and by arrow', () => {
    const places = [
      { x: 10, y: 10 },
      { x: 30, y: 12 },
      { x: 60, y: 10 },
      { x: 31, y: 90 },
    ];
    expect(nearest(places, { x: 33, y: 13 }, 12)).toBe(1);
    expect(nearest(places, { x: 200, y: 200 }, 12)).toBe(-1);
    expect(nextInDirection(places, 0, [1, 0])).toBe(1);
    expect(nextInDirection(places, 1, [1, 0])).toBe(2);
    expect(nextInDirection(places, 1, [0, 1])).toBe(3);
    expect(nextInDirection(places, 2, [1, 0])).toBe(-1);
  });
});

describe('after edits', () => {
  const map: ExplorerMap = {
    method: 'pca',
    ids: ['a', 'b', 'c'],
    points: Float32Array.of(0, 0, 1, 0, 0, 1),
    labels: ['idle', 'wave'],
    label: Int32Array.of(0, 1, 1),
    verdict: Int8Array.of(-1, 0, 1),
    duplicates: [['b', 'c']],
    suspects: [{ id: 'a', label: 'idle', suggested: 'wave', agreement: 1 }],
    leftOut: 1,
    shown: 0.5,
  };
  const capture = (id: string, label: string): CaptureSummary => ({ id, label }) as CaptureSummary;

  it('labels follow, what was deleted goes, and findings that are settled are not repeated', () => {
    const dots = dotsOf(map);
    expect(dots.map(({ id, label, verdict }) => [id, label, verdict])).toEqual([
      ['a', 'idle', -1],
      ['b', 'wave', 0],
      ['c', 'wave', 1],
    ]);
    expect(openSuspects(map, dots)).toHaveLength(1);
    expect(openDuplicates(map, dots)).toHaveLength(1);
    const now = relabelled(dots, [capture('a', 'wave'), capture('c', 'wave')]);
    expect(now.map(({ id, label }) => [id, label])).toEqual([
      ['a', 'wave'],
      ['c', 'wave'],
    ]);
    expect(openSuspects(map, now)).toEqual([]);
    expect(openDuplicates(map, now)).toEqual([]);
  });
  it('what came since is counted, without what the map had no place for', () => {
    const now = ['a', 'b', 'c', 'too-short', 'new'].map((id) => capture(id, 'wave'));
    expect(addedSince(map, now)).toBe(1);
    expect(addedSince(map, now.slice(0, 4))).toBe(0);
  });
});

describeWith(needsCommands('chromium'), 'the map in a browser', () => {
  const browser = useBrowser();

  it('shows recordings, corrects a doubtful label and takes it back, by keyboard', async () => {
    const map = () => browser.page.getByRole('application', { name: 'Map of 60 recordings' });
    for (const dark of [false, true]) {
      await browser.open('scene=trained&step=data', dark);
      await browser.page.getByRole('radio', { name: 'Map' }).focus();
      await browser.page.keyboard.press('Space');
      await map().waitFor();
      await browser.page.getByText('The two axes show 61 % of the differences').waitFor();
      expect(await browser.violations(dark)).toEqual([]);
      expect(await browser.overflow()).toEqual({ wide: 0, high: 0 });
      await browser.page.screenshot({ path: join(pictures, `map-${dark ? 'dark' : 'light'}.png`) });
    }
    const { page } = browser;
    await map().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('.inspector').getByRole('button', { name: 'Delete' }).waitFor();
    await page.getByRole('radio', { name: 'Right or wrong' }).focus();
    await page.keyboard.press('Space');
    await page.getByText('wrong in the last test').waitFor();
    await page.screenshot({ path: join(pictures, 'map-verdicts-dark.png') });
    const doubts = page.getByRole('region', { name: 'Doubtful labels' });
    await doubts.getByRole('button', { name: /^Label / }).press('Enter');
    await page.getByText('Every label fits its neighbours.').waitFor();
    await page.keyboard.press('Control+z');
    await doubts.getByRole('button', { name: /^Label / }).waitFor();
  });
});

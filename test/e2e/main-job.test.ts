/**
 * The whole main job in the built app, by hand, on the simulated board: a new project, recordings, a look at them, the
 * impulse, training, the score, flashing, live recognition and a correction. Each screen is photographed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProjectState } from '../../src/project/contract';
import { launch, needsApp, type RunningApp } from '../support/app';
import { stopDisplay } from '../support/display';
import { describeWith } from '../support/needs';
import { Screens } from '../support/screens';

afterAll(stopDisplay);

describeWith(needsApp(), 'the main job', () => {
  let running: RunningApp;
  let at: Screens;
  const state = (): Promise<ProjectState> =>
    running.page.evaluate(() => window.dormouse.request('project.state', undefined));

  beforeAll(async () => {
    running = await launch();
    at = new Screens(running.page, running.app);
    running.page.setDefaultTimeout(20_000);
  });
  afterAll(() => running.close());

  it('begins with a new project in a folder that the person chooses', async () => {
    const folder = join(running.folders.projects, 'Gestures');
    await at.willChoose(folder);
    await at.button('New project').click();
    await at.button('Choose a folder and create').click();
    await at.rail('Capture').waitFor();
    expect(await state()).toMatchObject({ open: true, folder, captures: 0, task: 'motion' });
    await running.screenshot('capture-empty');
  });

  it('records three labels from the simulated board', async () => {
    await at.button('Use the simulated board').click();
    for (const [label, gesture] of [
      ['idle', 'idle'],
      ['wave', 'wave'],
      ['circle', 'circle'],
    ]) {
      await at.addLabel(label);
      await at.record(gesture, 1.2, 4);
    }
    await running.screenshot('capture');
    const { labels, captures } = await state();
    expect(captures).toBe(12);
    expect(labels.map(({ label, training, testing }) => [label, training + testing]).sort()).toEqual([
      ['circle', 4],
      ['idle', 4],
      ['wave', 4],
    ]);
  });

  it('holds to record for as long as the button is held', async () => {
    const hold = at.button(/^Hold to record/);
    await hold.hover();
    await running.page.mouse.down();
    await new Promise((resolve) => setTimeout(resolve, 900));
    await running.page.mouse.up();
    await expect.poll(async () => (await state()).captures, { timeout: 10_000 }).toBe(13);
  });

  it('shows, deletes, brings back and splits recordings', async () => {
    await at.go('Data');
    const list = at.page.getByRole('grid', { name: 'Recordings' });
    await list.getByRole('row').nth(1).click();
    await at.button('Play').waitFor();
    await running.screenshot('data');
    await list.press('Delete');
    await expect.poll(async () => (await state()).captures).toBe(12);
    await at.page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await state()).captures).toBe(13);
    await at.button('Split…').click();
    await running.screenshot('data-split');
    await at.button('Split now').click();
    await expect
      .poll(async () => (await state()).labels.every(({ training, testing }) => training > 0 && testing > 0))
      .toBe(true);
  });

  it('shows what the model gets to see', async () => {
    await at.go('Impulse');
    await at.page.getByText('What the model gets').first().waitFor();
    await running.screenshot('impulse');
  });

  it('trains, and the held-out score says how well it learned', async () => {
    await at.go('Train');
    await at.button('Train the model').click();
    await at.button('Train again').waitFor({ timeout: 90_000 });
    await running.screenshot('train');
    const report = await running.page.evaluate(() => window.dormouse.request('train.report', undefined));
    expect(report?.int8?.accuracy).toBeGreaterThan(0.8);
    await at.go('Test');
    await at.page.getByRole('table').or(at.page.getByRole('grid')).first().waitFor();
    await running.screenshot('test');
  });

  it('fits, is flashed and verified on the board', async () => {
    await at.go('Fit and flash');
    await at.page.getByText('It fits').waitFor();
    await at.button('Flash the model').click();
    await at.page.getByText(/^On the board: /).waitFor({ timeout: 30_000 });
    await running.screenshot('fit-and-flash');
  });

  it('saves the model where the person chooses', async () => {
    const path = join(running.folders.projects, 'model.tflite');
    await at.willChoose(path);
    await at.page.getByLabel('What for').selectOption('tflite');
    await at.button(/^Save$/).click();
    await expect.poll(() => existsSync(path)).toBe(true);
    // The file identifier of the format, at its fixed place.
    expect(readFileSync(path).toString('latin1', 4, 8)).toBe('TFL3');
  });

  it('gives the same answers on the board, bit for bit', async () => {
    await at.go('Test');
    await at.button('Run on the board').click();
    await at.page.getByText('The board answers the same as the app, bit for bit.').waitFor({ timeout: 60_000 });
    await running.screenshot('test-on-the-board');
  });

  it('recognises live what the board does, and takes a correction into the data', async () => {
    await at.go('Live');
    await at.page.getByLabel('The simulated board plays').selectOption('wave');
    await at.button('Start recognising').click();
    const now = at.page.getByRole('region', { name: 'Now' });
    await now.getByText('wave', { exact: true }).waitFor({ timeout: 30_000 });
    await running.screenshot('live');
    const before = (await state()).captures;
    await at
      .button(/Correct this answer$/)
      .first()
      .click();
    const right = at.page.getByRole('group', { name: 'Wrong? Add it with this label' });
    await right.getByRole('button', { name: 'circle' }).click();
    await expect.poll(async () => (await state()).captures, { timeout: 10_000 }).toBe(before + 1);
    await running.screenshot('live-corrected');
    await at.button('Stop').click();
  });

  it('was done without one complaint of the page', () => {
    expect(running.complaints).toEqual([]);
  });
});

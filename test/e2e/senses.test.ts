/**
 * Sound, pictures and "something is wrong" in the built app, each from its example to live recognition on the simulated
 * board. Trained for a few rounds only: what is asked here is that every screen works, not how well it recognises.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectState, Task } from '../../src/project/contract';
import { launch, needsApp, type RunningApp } from '../support/app';
import { stopDisplay } from '../support/display';
import { describeWith } from '../support/needs';
import { Screens } from '../support/screens';

interface Story {
  readonly task: Exclude<Task, 'motion'>;
  /** As the sheet for new projects calls it. */
  readonly name: RegExp;
  /** What the simulated board plays for a recording, and live. */
  readonly plays: string;
  /** What is seen on the Live screen while it plays. */
  readonly heard: RegExp;
  /** It is there all the time, so most answers have to be right; a word is there only now and then. */
  readonly steady: boolean;
}

const stories: readonly Story[] = [
  { task: 'audio', name: /^Sound/, plays: 'yes', heard: /^yes$/, steady: false },
  { task: 'image', name: /^Pictures/, plays: 'background', heard: /^background$/, steady: true },
  {
    task: 'anomaly',
    name: /^Something is wrong/,
    plays: 'fan with a coin',
    heard: /^something is wrong$/,
    steady: true,
  },
];

afterAll(stopDisplay);

describeWith(needsApp(), 'the other senses', () => {
  let running: RunningApp;
  let at: Screens;
  const state = (): Promise<ProjectState> =>
    running.page.evaluate(() => window.dormouse.request('project.state', undefined));

  /** What the board's answer says, 15 times in three seconds. */
  const looks = async (): Promise<string[]> => {
    const said: string[] = [];
    for (let look = 0; look < 15; look++) {
      said.push((await at.page.getByRole('region', { name: 'Now' }).getByRole('status').innerText()).trim());
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return said;
  };

  beforeAll(async () => {
    running = await launch();
    at = new Screens(running.page, running.app);
    running.page.setDefaultTimeout(20_000);
  });
  afterAll(() => running.close());

  describe.each(stories)('$task', ({ task, name, plays, heard, steady }) => {
    const photo = (what: string): Promise<void> => running.screenshot(`${task}-${what}`);

    it('begins with its example', async () => {
      if (!(await at.button('New project').isVisible())) {
        await at.button('Project menu').click();
        await at.page.getByRole('menuitem', { name: 'New project…' }).click();
      } else await at.button('New project').click();
      await at.page.getByRole('radio', { name }).check();
      await photo('new');
      await at.button('Try an example of this').click();
      await expect.poll(async () => (await state()).task, { timeout: 60_000 }).toBe(task);
      await at.rail('Capture').waitFor();
    });

    it('records from the simulated board', async () => {
      await at.go('Capture');
      const simulated = at.button('Use the simulated board');
      await simulated.or(at.page.getByLabel('The simulated board plays')).first().waitFor();
      if (await simulated.isVisible()) await simulated.click();
      await at.page.getByLabel('The simulated board plays').selectOption(plays);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await photo('capture');
      const { captures } = await state();
      if (task === 'image') await at.button('Take a picture').click();
      else if (task === 'anomaly') await at.record(plays, 1, 1);
      else {
        // Said three times on the beat, then cut into words.
        await at.fill('Times', 3);
        await at.fill('A beat every', 1.5);
        await at.page
          .getByRole('radio', { name: plays })
          .or(at.button(new RegExp(`^${plays}`)))
          .first()
          .click();
        await at.button(`Say “${plays}” 3 times`).click();
        const keep = at.button(/^Keep \d+ recordings? of/);
        await keep.waitFor();
        await photo('words');
        await keep.click();
      }
      await expect.poll(async () => (await state()).captures).toBeGreaterThan(captures);
      await photo('capture-recorded');
    });

    it('shows what there is', async () => {
      await at.go('Data');
      for (const view of ['List', 'Tiles', 'Map']) {
        await at.page.getByRole('radio', { name: view }).or(at.button(view)).first().click();
        if (view !== 'Map') {
          const list = at.page.getByRole('grid').or(at.page.getByRole('listbox')).first();
          await list.waitFor();
          await list.press('ArrowDown');
        }
        await new Promise((resolve) => setTimeout(resolve, 800));
        await photo(`data-${view.toLowerCase()}`);
      }
      await at.go('Impulse');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await photo('impulse');
    });

    it('trains and is tested', async () => {
      await at.go('Train');
      await photo('train-before');
      // Of pictures that is enough to tell something from nothing, not yet one shape from another.
      if (task !== 'anomaly') await at.fill(/^Rounds at most/, 6);
      await at.button('Train the model').click();
      await at.button('Train again').waitFor({ timeout: 110_000 });
      await photo('train');
      await at.go('Test');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await photo('test');
    });

    it('is flashed onto the board and recognises live', async () => {
      await at.go('Fit and flash');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await photo('fit');
      await at.button('Flash the model').click();
      await at.page.getByText(/^On the board: /).waitFor({ timeout: 30_000 });
      await photo('fit-flashed');
      await at.go('Live');
      await at.page.getByLabel('The simulated board plays').selectOption(plays);
      await at.button('Start recognising').click();
      await new Promise((resolve) => setTimeout(resolve, 4000));
      await photo('live');
      await at.page.getByRole('region', { name: 'Now' }).getByText(heard).first().waitFor({ timeout: 20_000 });
      if (steady) {
        const right = await looks();
        expect(right.filter((text) => heard.test(text)).length, right.join(', ')).toBeGreaterThan(7);
      }
      if (task === 'image') {
        await at.page.getByLabel('The simulated board plays').selectOption('triangle');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const other = await looks();
        expect(other.filter((text) => heard.test(text)).length, other.join(', ')).toBeLessThan(3);
      }
      const before = (await state()).captures;
      await at
        .button(/Correct this answer$/)
        .first()
        .click();
      const right = at.page.getByRole('group', { name: 'Wrong? Add it with this label' });
      await right.getByRole('button', { name: plays, exact: true }).click();
      await expect.poll(async () => (await state()).captures, { timeout: 10_000 }).toBe(before + 1);
      await photo('live-corrected');
      await at.page.getByRole('button', { name: 'Stop', exact: true }).click();
      if (task === 'image') return;
      await at.button('False alarms per hour…').click();
      await at.button('Replay').click();
      await at.button('Replay again').waitFor({ timeout: 60_000 });
      await photo('false-alarms');
      await at.page.keyboard.press('Escape');
    });
  });

  it('was done without one complaint of the page', () => {
    expect(running.complaints).toEqual([]);
  });
});

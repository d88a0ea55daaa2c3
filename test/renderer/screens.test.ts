/**
 * Every screen in a real browser, over the fake of the services: no violation that axe finds, nothing wider than the
 * window, no scrolling where there must be none, and each screen's work done with the keyboard alone.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { pictures as screens, useBrowser } from '../support/browser';
import { describeWith, needsCommands } from '../support/needs';

const steps = ['capture', 'data', 'impulse', 'train', 'test', 'fit', 'live'] as const;

describeWith(needsCommands('chromium'), 'the interface in a browser', () => {
  const browser = useBrowser();
  const { open, violations, overflow, focused, tabTo } = browser;
  const page = (): Page => browser.page;

  for (const dark of [false, true]) {
    const theme = dark ? 'dark' : 'light';
    it(`has no accessibility violation and nothing too wide on any screen, ${theme}`, async () => {
      await open('scene=flashed&step=capture', dark);
      for (const [i, step] of steps.entries()) {
        await page().keyboard.press(`Control+${i + 1}`);
        await page().waitForTimeout(120);
        if (step === 'data') {
          await page().getByRole('grid').focus();
          await page().getByText('Use all of it').waitFor();
        }
        if (step === 'test') await page().locator('td button').nth(1).click();
        if (step === 'live') {
          await page().getByRole('button', { name: 'Start recognising' }).click();
          await page().waitForTimeout(600);
        }
        expect(await violations(dark), step).toEqual([]);
        const over = await overflow();
        expect(over.wide, `${step} is too wide`).toBeLessThanOrEqual(0);
        if (step === 'capture' || step === 'live') expect(over.high, `${step} scrolls`).toBeLessThanOrEqual(1);
        await page().screenshot({ path: join(screens, `${step}-${theme}.png`) });
      }
    });

    it(`has no violation on the welcome screen, empty screens and sheets, ${theme}`, async () => {
      await open('scene=welcome&board=none', dark);
      expect(await violations(dark)).toEqual([]);
      await page().screenshot({ path: join(screens, `welcome-${theme}.png`) });
      await page().keyboard.press('Control+b');
      await page().getByRole('dialog').waitFor();
      expect(await violations(dark), 'board sheet').toEqual([]);
      await page().screenshot({ path: join(screens, `board-${theme}.png`) });
      await page().keyboard.press('Escape');
      await page().keyboard.press('?');
      await page().getByRole('dialog').getByText('Everywhere').waitFor();
      expect(await violations(dark), 'keys').toEqual([]);
      if (dark) return;
      // Empty screens are made of the same colours as full ones, so one theme is enough for them, and what surrounds
      // them has been looked at.
      await open('scene=empty&board=none');
      for (const [i, step] of steps.entries()) {
        await page().keyboard.press(`Control+${i + 1}`);
        await page().locator('.empty').waitFor();
        expect(await violations(false, 'main'), step).toEqual([]);
      }
    });
  }

  it('fits smaller and larger windows', async () => {
    await open('scene=flashed');
    for (const [width, height] of [
      [1024, 700],
      [1600, 1000],
      [1280, 800],
    ] as const) {
      await page().setViewportSize({ width, height });
      for (const [i, step] of steps.entries()) {
        await page().keyboard.press(`Control+${i + 1}`);
        await page().waitForTimeout(60);
        expect((await overflow()).wide, `${step} at ${width}`).toBeLessThanOrEqual(0);
      }
    }
  });

  it('records with the keyboard: label by number, a run with R, a held one with Space, undo', async () => {
    await open('scene=data&step=capture');
    await page().getByRole('main').getByText('nothing lost').waitFor();
    await page().keyboard.press('3');
    expect(await page().getByRole('button', { name: /^wave/ }).getAttribute('aria-pressed')).toBe('true');
    await page().keyboard.down('Space');
    await page()
      .getByText(/Recording · (0\.[4-9]|[1-9])/)
      .waitFor();
    await page().keyboard.up('Space');
    await page().getByRole('button', { name: 'Delete this wave' }).waitFor();
    await page().getByText('1 recording saved').waitFor();
    await page().keyboard.press('Control+z');
    await page().getByText('60 recordings').first().waitFor();

    await page().getByLabel('Repeat').fill('2');
    await page().getByLabel('Length').fill('0.3');
    await page().getByLabel('Countdown').fill('0');
    await page().getByLabel('Countdown').press('Tab');
    await page().getByRole('button', { name: 'Record 2 waves' }).press('Enter');
    await page().getByText('2 recordings saved').waitFor();
    await page().getByLabel('New label').fill('clap');
    await page().getByLabel('New label').press('Enter');
    await page().getByRole('button', { name: 'Record 2 claps' }).waitFor();
  });

  it('keeps a label’s colour when a label that sorts before it comes', async () => {
    await open('scene=data&step=capture');
    const colour = (): Promise<string> =>
      page()
        .getByRole('button', { name: /^wave/ })
        .locator('svg')
        .evaluate((mark) => (mark as SVGElement).style.color);
    const before = await colour();
    await page().getByLabel('New label').fill('aardvark');
    await page().getByLabel('New label').press('Enter');
    await page()
      .getByRole('button', { name: /^aardvark/ })
      .waitFor();
    expect(await colour()).toBe(before);
  });

  it('lists 100,000 recordings with few elements, and edits with the keyboard', async () => {
    await open('scene=data&step=data&size=100000');
    await page().getByText('100 000 recordings').first().waitFor();
    const grid = page().getByRole('grid');
    await grid.focus();
    await page().keyboard.press('End');
    await page().locator('#row-99999').getByText('wave').waitFor();
    expect(await page().locator('[role=row]').count()).toBeLessThan(60);
    await page().keyboard.press('Home');
    await page().keyboard.press('Shift+ArrowDown');
    await page().getByText('2 chosen').waitFor();
    await page().keyboard.press('Delete');
    await page().getByText('Deleted 2 recordings').waitFor();
    await expect.poll(() => page().locator('[role=row][aria-selected=true]').count()).toBe(1);
    await page().getByText('99 998 recordings').first().waitFor();
    await page().keyboard.press('Control+z');
    await page().getByText('100 000 recordings').first().waitFor();
    await page().keyboard.press('/');
    await page().keyboard.type('Emre');
    await page().getByText('20 000 recordings').first().waitFor();
  });

  it('trims with the keyboard, and imports with a report', async () => {
    await open('scene=data&step=data');
    await page().getByRole('grid').focus();
    const handle = page().getByRole('slider', { name: 'Start of the part that is used' });
    await handle.focus();
    await page().keyboard.press('Shift+ArrowRight');
    await page().getByText('Used: 100 ms to 2.0 s').waitFor();
    await page().getByRole('button', { name: 'Import' }).press('Enter');
    await page().keyboard.press('Enter');
    await page().getByText('3 lines were not numbers').waitFor();
    await page().getByRole('button', { name: 'Import' }).press('Enter');
    await page().keyboard.press('Enter');
    await page().getByRole('button', { name: 'Cancel' }).press('Enter');
    await page().getByText('The import was cancelled.').waitFor();
  });

  it('says where chosen recordings differ, and changes only the field that was touched', async () => {
    await open('scene=data&step=data');
    const grid = page().getByRole('grid');
    await grid.focus();
    await page().keyboard.press('Control+a');
    await page().getByText('60 chosen').waitFor();
    const field = (name: string) => page().getByRole('textbox', { name }).or(page().getByRole('combobox', { name }));
    const person = page().locator('.inspector').getByLabel('Person');
    const session = page().locator('.inspector').getByLabel('Session');
    await expect.poll(() => person.getAttribute('placeholder')).toBe('several');
    expect(await person.inputValue()).toBe('');
    expect(await field('Label').getAttribute('placeholder')).toBe('several');
    await session.fill('tuesday');
    await session.press('Enter');
    await page().locator('#row-0').getByText('tuesday').waitFor();
    await expect.poll(() => session.inputValue()).toBe('tuesday');
    expect(await person.getAttribute('placeholder'), 'the persons are as they were').toBe('several');
  });

  it('sets the impulse, trains with curves, and tells the result', async () => {
    await open('scene=data&step=impulse');
    await page().getByText('66 values').waitFor();
    await tabTo(/^$/);
    await page()
      .getByRole('radio', { name: /Statistics/ })
      .focus();
    await page().keyboard.press('Space');
    await page().getByText('42 values').waitFor();
    await page().keyboard.press('Control+4');
    await page().getByRole('button', { name: 'Train the model' }).press('Enter');
    await page()
      .getByText(/Training: round \d+ of 60/)
      .waitFor();
    await page().getByRole('button', { name: 'Cancel' }).press('Enter');
    await page().getByText('Training was cancelled.').waitFor();
    await page().getByRole('button', { name: 'Train the model' }).press('Enter');
    await page()
      .getByText(/Training once more, with everything/)
      .waitFor();
    await page().getByText('on people it has not seen').waitFor();
    await page()
      .getByText(/first with some people kept aside/)
      .waitFor();
  });

  it('sets a target for pruning, cancels and continues', async () => {
    await open('scene=data&step=train');
    await page().getByText('7.7 KB as int8').waitFor();
    await page().getByText('Shrink further').click();
    await page().getByRole('radio', { name: 'Filters' }).focus();
    await page().keyboard.press('Space');
    await page().getByText('50 % of them go').waitFor();
    await page().getByRole('radio', { name: 'Size' }).focus();
    await page().keyboard.press('Space');
    await page().getByText('down to 3.9 KB').waitFor();
    await page().getByRole('slider').focus();
    await page().keyboard.press('ArrowLeft');
    await page().getByText('down to 3.8 KB').waitFor();
    await page().getByText('Start from another model').click();
    await page().getByRole('button', { name: 'A project…' }).press('Enter');
    await page().getByText('new-gestures').waitFor();
    await page().getByText('Advanced', { exact: true }).click();
    expect(await violations(), 'all folds open').toEqual([]);
    await page().getByRole('button', { name: 'Start fresh instead' }).press('Enter');
    await page().getByRole('button', { name: 'Train the model' }).press('Enter');
    await page()
      .getByText(/Training: round/)
      .waitFor();
    await page().getByRole('button', { name: 'Cancel' }).press('Enter');
    await page().getByText('can go on after round 12 of 60').waitFor();
    await page().getByRole('button', { name: 'Continue' }).press('Enter');
    await page()
      .getByText(/Training: round/)
      .waitFor();
    await page().getByRole('button', { name: 'Cancel' }).press('Enter');
  });

  it('compares what each step of shrinking cost, and opens the recordings it changed', async () => {
    await open('scene=trained&step=test');
    const row = page().getByRole('row', { name: /Pruned, 8-bit · int8 on the board/ });
    await row.getByText('5.4 KB').waitFor();
    await page()
      .getByText(/felt most in the layer dense 3.*30 times \(29 dB\)/)
      .waitFor();
    await row.getByRole('button', { name: /3 answers changed/ }).press('Enter');
    await page().getByText('Only answered otherwise than as trained').waitFor();
    await page().getByText('3 recordings').first().waitFor();
  });

  it('walks through the matrix with arrows and shows a cell’s recordings in Data', async () => {
    await open('scene=trained&step=test');
    await tabTo(/windows? of circle right/);
    await page().keyboard.press('ArrowRight');
    expect(await focused()).toMatch(/circle taken for idle/);
    await page().keyboard.press('ArrowDown');
    await page().keyboard.press('Enter');
    await page().getByRole('button', { name: 'Show in Data' }).press('Enter');
    await page().getByText('Only idle, recognised').waitFor();
    await page().getByText('3 recordings').waitFor();
  });

  it('says what does not fit, flashes, and watches it live', async () => {
    await open('scene=trained&step=fit');
    await page().getByText('It fits').waitFor();
    await page()
      .getByRole('main')
      .getByRole('combobox', { name: /^Board/ })
      .selectOption('rpi-pico');
    await page().getByText('It does not fit').waitFor();
    await page()
      .getByRole('main')
      .getByRole('combobox', { name: /^Board/ })
      .selectOption('sim');
    await page().getByRole('button', { name: 'Flash the model' }).press('Enter');
    await page()
      .getByText(/Writing: .* of 9.3/)
      .waitFor();
    await page().getByText('exactly as expected').waitFor();
    await page().getByRole('button', { name: 'Watch it live' }).press('Enter');
    await page().getByRole('button', { name: 'Start recognising' }).press('Enter');
    await page()
      .getByRole('button', { name: /^wave.*Correct this answer/ })
      .press('Enter');
    await page()
      .getByRole('group', { name: /Wrong\?/ })
      .getByRole('button', { name: 'circle' })
      .press('Enter');
    await page().getByText('Added to the data as circle').first().waitFor();
    await page()
      .getByRole('button', { name: /^wave.*Correct this answer/ })
      .press('Enter');
    await page().getByLabel('Another label').fill('wobble');
    await page().getByLabel('Another label').press('Enter');
    await page().getByText('Added to the data as wobble').first().waitFor();
    await page().getByRole('navigation').getByText('recognising now').waitFor();
  });

  it('switches the theme and remembers it; says what went wrong where it arose', async () => {
    await open('scene=data&step=capture');
    await tabTo(/^Theme/);
    await page().keyboard.press('Enter');
    expect(await page().evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page().keyboard.press('Control+b');
    await page().getByLabel('Another port by its path').fill('COM99');
    await page().keyboard.press('Enter');
    await page().getByRole('alert').getByText('There is no port called COM99.').waitFor();
    await page().keyboard.press('Escape');
    expect(await page().getByRole('dialog').count()).toBe(0);
  });
});

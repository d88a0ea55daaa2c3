/**
 * The screens of sound, pictures and anomaly in a real browser, over the fake of the services: nothing that axe finds in
 * either theme, nothing too wide, and the work done with the keyboard alone.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pictures, useBrowser } from '../support/browser';
import { describeWith, needsCommands } from '../support/needs';

describeWith(needsCommands('chromium'), 'the senses in a browser', () => {
  const browser = useBrowser();
  const steps = ['capture', 'data', 'impulse', 'train', 'test', 'live'] as const;
  const numbers = { capture: 1, data: 2, impulse: 3, train: 4, test: 5, live: 7 };

  for (const task of ['audio', 'image', 'anomaly'] as const)
    for (const dark of [false, true])
      it(`has no violation and nothing too wide, ${task}, ${dark ? 'dark' : 'light'}`, async () => {
        await browser.open(`scene=flashed&task=${task}&step=capture`, dark);
        const { page } = browser;
        for (const step of steps) {
          await page.keyboard.press(`Control+${numbers[step]}`);
          await page.waitForTimeout(250);
          if (step === 'data') {
            await page.getByRole('main').getByRole('grid').or(page.getByRole('listbox')).focus();
            await page.locator('.inspector').getByRole('button', { name: 'Delete' }).waitFor();
          }
          if (step === 'live') {
            await page.getByRole('button', { name: 'Start recognising' }).click();
            await page.getByText(/an answer (every|for each)/).waitFor();
            await page.waitForTimeout(600);
          }
          expect(await browser.violations(dark), step).toEqual([]);
          const over = await browser.overflow();
          expect(over.wide, `${step} is too wide`).toBeLessThanOrEqual(0);
          if (step === 'capture' || step === 'live') expect(over.high, `${step} scrolls`).toBeLessThanOrEqual(1);
          await page.screenshot({ path: join(pictures, `${task}-${step}-${dark ? 'dark' : 'light'}.png`) });
        }
      });

  it('asks what a new project is about', async () => {
    await browser.open('scene=welcome&board=none');
    const { page } = browser;
    await page.getByRole('button', { name: 'New project' }).press('Enter');
    await page.getByRole('radio', { name: /^Movement/ }).focus();
    await page.keyboard.press('ArrowDown');
    expect(await browser.violations(false, 'dialog[open]')).toEqual([]);
    await page.screenshot({ path: join(pictures, 'new-project-light.png') });
    await page.getByRole('button', { name: 'Choose a folder and create' }).press('Enter');
    await page.getByRole('navigation').waitFor();
    expect(await page.evaluate(() => window.dormouse.request('project.state', undefined))).toMatchObject({
      task: 'audio',
      captures: 0,
    });
  });

  it('says a word on the beat, finds it in the take, corrects what was found and keeps the pieces', async () => {
    await browser.open('scene=data&task=audio&step=capture');
    const { page } = browser;
    await page.keyboard.press('2');
    await page.getByLabel('Times').fill('2');
    await page.getByLabel('A beat every').fill('1.5');
    await page.getByLabel('A beat every').press('Tab');
    await page.getByRole('button', { name: 'Say “yes” 2 times' }).press('Enter');
    await page.getByText('Say “yes”', { exact: true }).waitFor();
    await page.screenshot({ path: join(pictures, 'audio-metronome-light.png') });
    const sheet = page.getByRole('dialog');
    await sheet.getByText('words found').waitFor();
    const words = sheet.getByRole('button', { name: /^Word \d of/ });
    const found = await words.count();
    expect(found).toBeGreaterThan(0);
    expect(await browser.violations(false, 'dialog[open]')).toEqual([]);
    await page.screenshot({ path: join(pictures, 'audio-words-light.png') });
    const place = (): Promise<string | null> => words.first().getAttribute('style');
    await words.first().focus();
    const before = await place();
    await page.keyboard.press('ArrowRight');
    await expect.poll(place).not.toBe(before);
    await page.keyboard.press('Delete');
    await expect.poll(() => words.count()).toBe(found - 1);
    await sheet.getByRole('button', { name: 'Keep it in one piece' }).press('Enter');
    await page.getByRole('button', { name: 'Delete this yes' }).waitFor();
  });

  it('records the background with its own label, in one press', async () => {
    await browser.open('scene=empty&task=audio&step=capture');
    const { page } = browser;
    await page.getByRole('radio', { name: 'Background' }).focus();
    await page.keyboard.press('Space');
    await page.getByLabel('Minutes').fill('0.1');
    await page.getByLabel('Minutes').press('Tab');
    await page.getByRole('button', { name: /^Record 0.1 minutes of background/ }).press('Enter');
    await page.getByText(/^Recording · |^Recording 1 of 1/).waitFor();
    await page.keyboard.press('r');
    await page.getByText('Stopped. What was saved before stays.').waitFor();
  });

  it('takes pictures one by one, in a burst and held, and shows what the model sees', async () => {
    await browser.open('scene=data&task=image&step=capture');
    const { page } = browser;
    await page.keyboard.press('2');
    await page.keyboard.press('Space');
    await page.getByText('1 picture saved').waitFor();
    await page.getByRole('img', { name: /^What the model sees of the last picture, 48 × 48/ }).waitFor();
    await page.getByLabel(/^Pictures/).fill('2');
    await page.getByLabel(/^Pictures/).press('Tab');
    await page.getByRole('button', { name: 'Take 2 pictures' }).press('Enter');
    await page.getByText('2 pictures saved').waitFor();
    await page.getByRole('main').focus();
    await page.keyboard.down('h');
    await page.getByText(/Recording · (0\.[4-9]|[1-9])/).waitFor();
    await page.keyboard.up('h');
    await page.getByText('1 picture saved').waitFor();
  });

  it('draws, moves, names and removes boxes with the keyboard, and draws with the mouse', async () => {
    await browser.open('scene=data&task=image&step=data');
    const { page } = browser;
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowRight');
    const boxes = page.getByRole('button', { name: /^Box \d of \d/ });
    await page.getByRole('button', { name: /^Box 1 of 1: circle/ }).focus();
    const before = await boxes.first().getAttribute('aria-label');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => boxes.first().getAttribute('aria-label')).not.toBe(before);
    await page.keyboard.press('2');
    await page.getByRole('button', { name: /^Box 1 of 1: square/ }).waitFor();
    await page.getByRole('button', { name: 'Add a box' }).press('Enter');
    await page.getByRole('button', { name: /^Box 2 of 2: square, 32 by 32/ }).waitFor();
    await expect.poll(() => browser.focused()).toMatch(/^Box 2 of 2/);
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: /^Box 2 of 2: square, 33 by 32/ }).waitFor();
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: /^Box 1 of 1/ }).press('Delete');
    await expect.poll(() => boxes.count()).toBe(0);
    const picture = await page.getByRole('img', { name: /^Picture labelled/ }).boundingBox();
    if (!picture) throw new Error('The picture is not shown.');
    const [x, y] = [picture.x + picture.width / 2, picture.y + picture.height / 2];
    await page.mouse.move(x - 40, y - 30);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 50, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: /^Box 1 of 1: square/ }).waitFor();
    await page.getByRole('button', { name: 'Undo: draw boxes' }).click();
    await expect.poll(() => boxes.count()).toBe(0);
  });

  it('shows the pictures in which things were missed, and opens one', async () => {
    await browser.open('scene=trained&task=image&step=test');
    const { page } = browser;
    await page.getByRole('row', { name: /^All together/ }).waitFor();
    await page.getByRole('radio', { name: /^All \(/ }).focus();
    await page.keyboard.press('Space');
    await page
      .getByRole('button', { name: /^Show this picture of .* 1 missed$/ })
      .first()
      .press('Enter');
    await page.getByText('Only this picture').waitFor();
  });

  it('moves the line between normal and not with the keyboard', async () => {
    await browser.open('scene=trained&task=anomaly&step=test');
    const { page } = browser;
    const line = page.getByRole('slider', { name: 'Threshold' });
    await line.focus();
    const before = await line.getAttribute('aria-valuenow');
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => line.getAttribute('aria-valuenow')).not.toBe(before);
  });

  it('replays, shows what can be had, and takes settings for the wished rate', async () => {
    await browser.open('scene=flashed&task=audio&step=live');
    const { page } = browser;
    await page.getByRole('button', { name: 'False alarms per hour' }).press('Enter');
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Replay' }).press('Enter');
    await sheet.getByText('With the settings now').waitFor();
    await sheet.getByLabel('At most so many').fill('0');
    await sheet.getByLabel('At most so many').press('Tab');
    await sheet.getByText('Nothing that was tried keeps to that.').waitFor();
    await sheet.getByLabel('At most so many').fill('5');
    await sheet.getByLabel('At most so many').press('Tab');
    expect(await browser.violations(false, 'dialog[open]')).toEqual([]);
    await page.screenshot({ path: join(pictures, 'audio-false-alarms-light.png') });
    await sheet.getByRole('button', { name: 'Use these settings' }).press('Enter');
    await sheet.getByText('The board answers with these settings from now on.').waitFor();
  });

  it('says in words what is unusual, live', async () => {
    await browser.open('scene=flashed&task=anomaly&step=live');
    const { page } = browser;
    await page.getByRole('button', { name: 'Start recognising' }).press('Enter');
    await page.getByRole('region', { name: 'Now' }).getByText('something is wrong').waitFor();
    await page.getByLabel('The simulated board plays').selectOption('fan');
    await page.getByRole('region', { name: 'Now' }).getByText('normal').waitFor();
  });
});

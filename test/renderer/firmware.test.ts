/** The firmware sheet in a real browser: by itself where it can, by steps where not, no violation that axe finds. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pictures as screens, useBrowser } from '../support/browser';
import { describeWith, needsCommands } from '../support/needs';

describeWith(needsCommands('chromium'), 'the firmware sheet', () => {
  const browser = useBrowser();
  const { open, violations, overflow } = browser;

  it('puts the sketch on a board, shows the steps for another, and can be cancelled', async () => {
    await open('scene=flashed&step=capture&board=nano');
    const page = browser.page;
    await page.keyboard.press('Control+b');
    await page.getByRole('button', { name: /^Put Dormouse on/ }).click();
    const sheet = page.getByRole('dialog', { name: 'Put Dormouse on a board' });
    await sheet.getByLabel('Board').selectOption({ label: 'Arduino Nano 33 BLE Sense' });
    await sheet.getByText('It uploads the sketch.').waitFor();
    expect(await violations(false)).toEqual([]);
    expect((await overflow()).wide).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(screens, 'firmware-light.png') });

    const other = sheet.getByLabel('Board').locator('option').last();
    await sheet.getByLabel('Board').selectOption((await other.getAttribute('value')) ?? '');
    await sheet.getByText('How it is done, once per board:').waitFor();
    expect(await sheet.getByRole('button', { name: 'Put the sketch on the board' }).count()).toBe(0);

    await sheet.getByLabel('Board').selectOption({ label: 'Arduino Nano 33 BLE Sense' });
    const put = sheet.getByRole('button', { name: 'Put the sketch on the board' });
    await put.click();
    await sheet.getByRole('progressbar').waitFor();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await put.waitFor();
    expect(await sheet.getByRole('status').count()).toBe(0);
    await put.click();
    await sheet.getByText('back at /dev/ttyACM0').waitFor();
  });
});

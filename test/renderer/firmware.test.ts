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
    await sheet.getByRole('combobox', { name: 'Board' }).selectOption({ label: 'Arduino Nano 33 BLE Sense' });
    await sheet.getByText('It uploads the sketch.').waitFor();
    expect(await violations(false)).toEqual([]);
    expect((await overflow()).wide).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(screens, 'firmware-light.png') });

    const other = sheet.getByRole('combobox', { name: 'Board' }).locator('option').last();
    await sheet.getByRole('combobox', { name: 'Board' }).selectOption((await other.getAttribute('value')) ?? '');
    await sheet.getByText('How it is done, once per board:').waitFor();
    expect(await sheet.getByRole('button', { name: 'Put the sketch on the board' }).count()).toBe(0);

    await sheet.getByRole('combobox', { name: 'Board' }).selectOption({ label: 'Arduino Nano 33 BLE Sense' });
    const put = sheet.getByRole('button', { name: 'Put the sketch on the board' });
    await put.click();
    await sheet.getByRole('progressbar').waitFor();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await put.waitFor();
    expect(await sheet.getByRole('status').count()).toBe(0);
    await put.click();
    await sheet.getByText('back at /dev/ttyACM0').waitFor();
  });

  it('takes a file, and draws what the hands do', async () => {
    for (const theme of ['light', 'dark'] as const) {
      await open('scene=flashed&step=capture&board=nano', theme === 'dark');
      const page = browser.page;
      await page.keyboard.press('Control+b');
      await page.getByRole('button', { name: /^Put Dormouse on/ }).click();
      const sheet = page.getByRole('dialog', { name: 'Put Dormouse on a board' });
      const hands = [
        ['xiao-nrf52840-sense', /reset button twice/],
        ['rpi-pico', /Hold BOOTSEL/],
        ['esp32', /Hold BOOT, press EN/],
      ] as const;
      for (const [board, drawing] of hands) {
        await sheet.getByRole('combobox', { name: 'Board' }).selectOption(board);
        await sheet.getByRole('img', { name: drawing }).waitFor();
        expect(await violations(false)).toEqual([]);
        expect((await overflow()).wide).toBeLessThanOrEqual(0);
        await page.screenshot({ path: join(screens, `firmware-${board}-${theme}.png`) });
      }
      await sheet.getByRole('button', { name: 'Choose a file' }).click();
      await sheet.getByText('wave.bin').waitFor();
      await sheet.getByRole('button', { name: 'Write the file to the board' }).waitFor();
      await sheet.getByRole('button', { name: 'Without the file' }).click();
      await sheet.getByText('How it is done, once per board:').waitFor();

      await sheet.getByRole('combobox', { name: 'Board' }).selectOption('rpi-pico');
      await sheet.getByRole('button', { name: 'Choose a file' }).click();
      const put = sheet.getByRole('button', { name: 'Copy the file to the board' });
      await put.click();
      await sheet.getByText('Waiting for the board’s bootloader').waitFor();
      await sheet.getByText('back at /dev/ttyACM0').waitFor();
    }
  });
});

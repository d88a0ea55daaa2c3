/** Exporting recordings in a real browser: which forms suit which task, the key to sign with, and what is asked for. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pictures, useBrowser } from '../support/browser';
import { describeWith, needsCommands } from '../support/needs';

describeWith(needsCommands('chromium'), 'the export sheet', () => {
  const browser = useBrowser();
  const sheet = () => browser.page.getByRole('dialog');

  async function open(task: string, dark = false): Promise<void> {
    await browser.open(`scene=data&task=${task}&step=data`, dark);
    // What is asked of the services, and a folder that the person chooses.
    await browser.page.evaluate(() => {
      const asked: unknown[] = [];
      Object.assign(window, { asked });
      const { dormouse } = window;
      const request = dormouse.request.bind(dormouse);
      dormouse.request = (name, input) => {
        if (name === 'data.export') asked.push(input);
        return request(name, input);
      };
      dormouse.pickFolder = () => Promise.resolve('/exported');
      dormouse.savePath = () => Promise.resolve('/exported.zip');
    });
    await browser.page.getByRole('button', { name: 'Export…' }).press('Enter');
    await sheet().waitFor();
  }
  const asked = () => browser.page.evaluate(() => (window as unknown as { asked: unknown[] }).asked);

  for (const dark of [false, true])
    it(`has no violation, ${dark ? 'dark' : 'light'}`, async () => {
      await open('audio', dark);
      expect(await browser.violations(dark, 'dialog[open]')).toEqual([]);
      await browser.page.screenshot({ path: join(pictures, `export-${dark ? 'dark' : 'light'}.png`) });
    });

  it('signs acquisition files with the key, by the keyboard, and forgets it', async () => {
    await open('motion');
    await sheet()
      .getByRole('radio', { name: /^Acquisition files · JSON/ })
      .press('Space');
    await sheet()
      .getByLabel(/^Key to sign with/)
      .fill('secret');
    await browser.page.keyboard.press('Enter');
    await browser.page.getByText(/written to \/exported/).waitFor();
    expect(await asked()).toEqual([{ format: 'acquisition-json', path: '/exported', hmacKey: 'secret' }]);
    await browser.page.getByRole('button', { name: 'Export…' }).press('Enter');
    await expect
      .poll(() =>
        sheet()
          .getByLabel(/^Key to sign with/)
          .inputValue(),
      )
      .toBe('');
  });

  it('offers boxes for pictures, which have no signature', async () => {
    await open('image');
    for (const name of [/COCO/, /Pascal VOC/, /YOLO/]) await sheet().getByRole('radio', { name }).waitFor();
    await sheet().getByRole('radio', { name: /COCO/ }).press('Space');
    expect(
      await sheet()
        .getByLabel(/^Key to sign with/)
        .count(),
    ).toBe(0);
    await sheet().getByRole('button', { name: 'Choose a folder and export' }).press('Enter');
    await browser.page.getByText(/written to \/exported/).waitFor();
    expect(await asked()).toEqual([{ format: 'coco', path: '/exported' }]);
  });
});

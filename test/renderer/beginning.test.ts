/** Recordings that begin by themselves, and by the board's button, in a real browser: the line, its keys, both themes. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pictures as screens, useBrowser } from '../support/browser';
import { describeWith, needsCommands } from '../support/needs';

describeWith(needsCommands('chromium'), 'a recording that begins by itself', () => {
  const browser = useBrowser();
  const { open, violations, overflow } = browser;

  it('waits for what goes above the line, which the mouse and the keys move', async () => {
    for (const dark of [false, true]) {
      await open('scene=data&step=capture', dark);
      const page = browser.page;
      await page.getByRole('radio', { name: 'By itself' }).check({ force: true });
      const line = page.getByRole('slider', { name: 'Begins above' });
      await line.waitFor();
      expect(await line.getAttribute('aria-valuetext')).toBe('begins above 4 m/s²');
      await line.focus();
      await page.keyboard.press('ArrowUp');
      const up = Number(await line.getAttribute('aria-valuenow'));
      expect(up).toBeGreaterThan(4);
      await expect.poll(() => page.getByRole('spinbutton', { name: 'Begins above' }).inputValue()).toBe(String(up));
      const box = await line.boundingBox();
      if (!box) throw new Error('the line is nowhere');
      await page.mouse.move(box.x + 100, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + 100, box.y + box.height / 2 + 10, { steps: 4 });
      await page.mouse.up();
      const down = Number(await line.getAttribute('aria-valuenow'));
      expect(down).toBeLessThan(up);
      expect(down).toBeGreaterThan(0);
      await page.getByRole('spinbutton', { name: 'Begins above' }).fill('5');
      await page.keyboard.press('Enter');
      expect(await line.getAttribute('aria-valuenow')).toBe('5');
      expect(await violations(dark)).toEqual([]);
      const { wide, high } = await overflow();
      expect(Math.max(wide, high)).toBeLessThanOrEqual(0);
      await page.screenshot({ path: join(screens, `capture-level-${dark ? 'dark' : 'light'}.png`) });

      await page.getByRole('spinbutton', { name: 'Repeat' }).fill('2');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Wait for 2/ }).click();
      await page.getByText('Waiting for movement above the line (1 of 2)').waitFor();
      await page.getByText('2 recordings saved').waitFor();
    }
  });

  it('is taken by the board’s button, unless that is switched off or the screen is another', async () => {
    await open('scene=data&step=capture');
    const page = browser.page;
    const press = page.getByRole('button', { name: 'Press its button' });
    await page.getByRole('spinbutton', { name: 'Length' }).fill('0.2');
    await page.keyboard.press('Enter');
    await press.click();
    await page.getByText('1 recording saved').waitFor();
    await page.getByRole('checkbox', { name: 'Button on the board records, too' }).uncheck();
    const count = () => page.getByRole('button', { name: /^Delete this/ }).count();
    const before = await count();
    await press.click();
    await page.waitForTimeout(500);
    expect(await count()).toBe(before);
  });
});

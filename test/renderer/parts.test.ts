/** Marking parts of a recording in a real browser: with the mouse, with the keyboard alone, undone, for motion and sound. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pictures, useBrowser } from '../support/browser';
import { describeWith, needsCommands } from '../support/needs';

describeWith(needsCommands('chromium'), 'marking parts of a recording', () => {
  const browser = useBrowser();
  const parts = () => browser.page.getByRole('button', { name: /^Part \d+ of \d+/ });
  const sheet = () => browser.page.getByRole('dialog');

  async function openSheet(task: 'motion' | 'audio', dark = false): Promise<void> {
    await browser.open(`scene=data&task=${task}&step=data`, dark);
    await browser.page.getByRole('main').getByRole('grid').focus();
    await browser.page.getByRole('button', { name: 'Mark parts…' }).press('Enter');
    await sheet().waitFor();
  }

  async function drag(from: number, to: number): Promise<void> {
    const { page } = browser;
    const box = await page.getByRole('img', { name: /with its parts$/ }).boundingBox();
    if (!box) throw new Error('The recording is not shown.');
    const y = box.y + box.height / 3;
    await page.mouse.move(box.x + from * box.width, y);
    await page.mouse.down();
    await page.mouse.move(box.x + to * box.width, y, { steps: 5 });
    await page.mouse.up();
  }
  /** Of all recordings, the parts that the services hold. */
  const stored = () =>
    browser.page.evaluate(async () => {
      const { items } = await window.dormouse.request('data.list', { query: {}, offset: 0, limit: 1000 });
      return items.flatMap((item) => item.segments);
    });

  for (const task of ['motion', 'audio'] as const)
    for (const dark of [false, true])
      it(`shows them over the ${task}, without a violation, ${dark ? 'dark' : 'light'}`, async () => {
        await openSheet(task, dark);
        const { page } = browser;
        await drag(0.15, 0.35);
        await sheet().getByRole('group', { name: 'The next part is' }).getByRole('button').nth(1).press('Enter');
        await drag(0.45, 0.8);
        await expect.poll(() => parts().count()).toBe(2);
        await page.mouse.move(640, 10);
        expect(await browser.violations(dark, 'dialog[open]')).toEqual([]);
        const over = await sheet().evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
        expect(over).toBeLessThanOrEqual(0);
        await page.screenshot({ path: join(pictures, `parts-${task}-${dark ? 'dark' : 'light'}.png`) });
        await sheet().getByRole('button', { name: 'Done' }).press('Enter');
        await page.getByText(/2 labelled parts/).waitFor();
        expect(await browser.violations(dark, '.inspector')).toEqual([]);
        await page.screenshot({ path: join(pictures, `parts-${task}-shown-${dark ? 'dark' : 'light'}.png`) });
      });

  it('marks, moves, stretches, names and removes with the keyboard, and takes it back', async () => {
    await openSheet('motion');
    const { page } = browser;
    await sheet().getByRole('button', { name: 'Add a part' }).press('Enter');
    await expect.poll(() => browser.focused()).toMatch(/^Part 1 of 1/);
    await sheet().getByRole('button', { name: 'Zoom in' }).press('Enter');
    await expect.poll(async () => (await stored()).length).toBe(1);
    const [first] = await stored();
    await parts().first().focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Alt+ArrowRight');
    await page.keyboard.press('2');
    await expect
      .poll(async () => (await stored())[0])
      .toEqual({
        start: first.start + 1,
        end: first.end - 1,
        label: 'up-down',
      });
    await sheet().getByRole('spinbutton', { name: 'Start' }).fill('0.1');
    await sheet().getByRole('spinbutton', { name: 'Start' }).press('Tab');
    await expect.poll(async () => (await stored())[0].start).toBe(10);
    await parts().first().focus();
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await stored())[0].start).toBe(first.start + 1);
    await parts().first().press('Delete');
    await expect.poll(() => parts().count()).toBe(0);
    await expect.poll(stored).toEqual([]);
  });

  it('goes from part to part with Tab, and moves one by an end with the mouse', async () => {
    await openSheet('audio');
    const { page } = browser;
    await drag(0.15, 0.3);
    await drag(0.5, 0.7);
    await parts().first().focus();
    await page.keyboard.press('Tab');
    expect(await browser.focused()).toMatch(/^Part 2 of 2/);
    await expect.poll(async () => (await stored()).length).toBe(2);
    const before = await stored();
    const box = await parts().nth(1).boundingBox();
    if (!box) throw new Error('The part is not shown.');
    await page.mouse.move(box.x + box.width - 1, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 60, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => (await stored())[1].end).toBeGreaterThan(before[1].end);
    expect((await stored())[1].start).toBe(before[1].start);
  });

  it('makes recordings of the parts', async () => {
    await openSheet('motion');
    await drag(0.15, 0.3);
    await drag(0.5, 0.7);
    await sheet().getByRole('button', { name: 'Make 2 recordings of the parts' }).press('Enter');
    await browser.page.getByText('Made 2 recordings of one').waitFor();
  });
});

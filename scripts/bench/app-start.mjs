/**
 * How long the app takes from being started to being usable, in milliseconds: to the first picture with content, and
 * to the first screen's buttons with the services' first answer behind them. `first` is with empty folders, `again` with those of a start
 * before. Median of five each; null where there is no display and no Xvfb.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findElectron } from '../electron.mjs';
import { launchApp, startDisplay } from '../lib/app.mjs';
import { main } from '../lib/ready.mjs';

const times = 5;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** One start. The page's own clock is compared with this process's: both count from the epoch. */
async function start(electron, display, folder) {
  const began = performance.timeOrigin + performance.now();
  const { page, close } = await launchApp(electron, display, folder);
  await page.getByRole('button', { name: /simulated board/i }).waitFor();
  const usable = performance.timeOrigin + performance.now();
  const painted = await page.evaluate(async () => {
    const read = () => performance.getEntriesByName('first-contentful-paint')[0];
    while (!read()) await new Promise((resolve) => setTimeout(resolve, 10));
    return performance.timeOrigin + read().startTime;
  });
  await close();
  return { painted: painted - began, usable: usable - began };
}

await main(async () => {
  const electron = await findElectron();
  const screen = await startDisplay();
  if (!screen) return void console.log('null');
  const first = [];
  const again = [];
  for (let i = 0; i < times; i++) {
    const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
    first.push(await start(electron, screen.display, folder));
    again.push(await start(electron, screen.display, folder));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  screen.stop();
  const figures = (runs) => ({
    paintedMs: Math.round(median(runs.map(({ painted }) => painted))),
    usableMs: Math.round(median(runs.map(({ usable }) => usable))),
  });
  console.log(JSON.stringify({ electron: electron.version, times, first: figures(first), again: figures(again) }));
});

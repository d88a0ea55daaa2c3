/**
 * How long the app takes from being started to being usable, in milliseconds: to the first picture with content, and
 * to the first screen's buttons with the services' first answer behind them. `first` is with empty folders, `again` with those of a start
 * before. Median of five each; null where there is no display and no Xvfb.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findElectron } from '../electron.mjs';
import { main, root } from '../lib/ready.mjs';

const times = 5;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function startDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY)
    return { display: process.env.DISPLAY, stop: () => undefined };
  if (spawnSync('which', ['Xvfb']).status !== 0) return undefined;
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve) => {
    server.stdio[3].once('data', (data) =>
      resolve({ display: `:${data.toString().trim()}`, stop: () => server.kill() }),
    );
  });
}

function debugAddress(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (data) => {
      text += data.toString();
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}`)));
  });
}

/** One start. The page's own clock is compared with this process's: both count from the epoch. */
async function start(electron, display, folder) {
  const switches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const env = {
    ...process.env,
    DISPLAY: display,
    DORMOUSE_USER_DATA: join(folder, 'user'),
    DORMOUSE_PROJECTS: join(folder, 'projects'),
  };
  const began = performance.timeOrigin + performance.now();
  const child = spawn(electron.executable, [...switches, '--remote-debugging-port=0', root], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const browser = await chromium.connectOverCDP(await debugAddress(child));
  const [context] = browser.contexts();
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  await page.getByRole('button', { name: /simulated board/i }).waitFor();
  const usable = performance.timeOrigin + performance.now();
  const painted = await page.evaluate(async () => {
    const read = () => performance.getEntriesByName('first-contentful-paint')[0];
    while (!read()) await new Promise((resolve) => setTimeout(resolve, 10));
    return performance.timeOrigin + read().startTime;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await page.evaluate(() => globalThis.close());
  await ended;
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

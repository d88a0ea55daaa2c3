/**
 * Frames per second of the live plot in the built app, with the simulated board streaming 16 kHz sound and then six
 * axes, about eight seconds each. `worst` is the slowest second, `longestMs` the longest wait between two frames. null
 * where there is no display and no Xvfb.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findElectron } from '../electron.mjs';
import { launchApp, startDisplay } from '../lib/app.mjs';
import { main } from '../lib/ready.mjs';

const seconds = 8;

/** Chooses the sensor by its kind; resolves once its samples arrive. */
async function stream(page, kind) {
  await page.evaluate(async (wanted) => {
    const { info } = await globalThis.dormouse.request('device.state', undefined);
    const sensor = info.sensors.find((one) => one.kind === wanted);
    await globalThis.dormouse.request('device.stream', { sensor: sensor.id });
    await new Promise((resolve) => {
      const stop = globalThis.dormouse.on('device.samples', ({ axes }) => {
        if (axes !== sensor.axes.length) return;
        stop();
        resolve();
      });
    });
  }, kind);
}

/** Counts the page's frames (the plot draws in each) and the samples that come in meanwhile. */
function measure(page, span) {
  return page.evaluate(async (length) => {
    let frames = 0;
    let shape = {};
    const stop = globalThis.dormouse.on('device.samples', ({ axes, rateHz, blocks }) => {
      for (const block of blocks) frames += block.frames;
      shape = { axes, rateHz };
    });
    const { document, performance, requestAnimationFrame } = globalThis;
    const times = [];
    await new Promise((resolve) => {
      const began = performance.now();
      const frame = (now) => {
        times.push(now);
        if (performance.now() - began < 1000 * length) requestAnimationFrame(frame);
        else resolve();
      };
      requestAnimationFrame(frame);
    });
    stop();
    const took = (times.at(-1) - times[0]) / 1000;
    const perSecond = Array.from({ length: Math.floor(took) }, (_, i) => {
      const from = times[0] + 1000 * i;
      return times.filter((time) => time >= from && time < from + 1000).length;
    });
    const drawn = document.querySelector('[data-frames-per-second]');
    const round = (value) => Math.round(10 * value) / 10;
    return {
      ...shape,
      samplesPerSecond: Math.round(frames / took),
      framesPerSecond: round((times.length - 1) / took),
      worst: Math.min(...perSecond),
      longestMs: round(Math.max(...times.slice(1).map((time, i) => time - times[i]))),
      plotSays: Number(drawn?.dataset.framesPerSecond ?? 0),
    };
  }, span);
}

await main(async () => {
  const electron = await findElectron();
  const screen = await startDisplay();
  if (!screen) return void console.log('null');
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
  const { page, close } = await launchApp(electron, screen.display, folder);
  await page.getByRole('button', { name: 'Try it with the simulated board' }).click();
  await page.getByRole('button', { name: /^Capture/ }).click();
  await page.locator('[data-frames-per-second]').waitFor();
  const results = {};
  for (const kind of ['audio', 'motion']) {
    await stream(page, kind);
    await measure(page, 2);
    results[kind] = await measure(page, seconds);
  }
  const size = await page.evaluate(() => {
    const { innerWidth: width, innerHeight: height, devicePixelRatio: density } = globalThis;
    return { width, height, density };
  });
  await close();
  screen.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  console.log(JSON.stringify({ electron: electron.version, seconds, window: size, ...results }));
});

/**
 * Frames per second of the live plots in the built app while it records: the simulated board streams 16 kHz sound
 * (waveform, spectrogram and level), six axes, then its camera, about eight seconds each. `worst` is the slowest second,
 * `longestMs` the longest wait between two frames, `plotSays` what the plots counted themselves, `lost` what the board or
 * the line lost, `saved` what the recording kept. null where there is no display and no Xvfb.
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
      const camera = wanted === 'camera';
      const stop = globalThis.dormouse.on(camera ? 'device.picture' : 'device.samples', ({ axes }) => {
        if (!camera && axes !== sensor.axes.length) return;
        stop();
        resolve();
      });
    });
  }, kind);
}

/** Records until `stop` is asked for; answers, after the stop, how many captures and how many frames in all were kept. */
async function recordMeanwhile(page, work) {
  await page.evaluate(() => {
    const kept = { captures: 0, frames: 0 };
    globalThis.kept = kept;
    globalThis.recorded = new Promise((resolve) => {
      const stop = globalThis.dormouse.on('capture.progress', ({ phase, saved, problem }) => {
        if (saved) {
          kept.captures++;
          kept.frames += saved.frames;
        }
        if (!['finished', 'cancelled', 'failed'].includes(phase)) return;
        stop();
        resolve({ phase, ...kept, ...(problem && { problem }) });
      });
    });
    const plan = { label: 'bench', seconds: 0, count: 1, countdownSeconds: 0, pauseSeconds: 0 };
    return globalThis.dormouse.request('capture.start', plan);
  });
  const measured = await work();
  await page.evaluate(() => globalThis.dormouse.request('capture.stop', { keep: true }));
  const saved = await page.evaluate(() => globalThis.recorded);
  return { ...measured, saved };
}

/** Counts the page's frames (the plots draw in each) and what comes in meanwhile. */
function measure(page, span) {
  return page.evaluate(async (length) => {
    let frames = 0;
    let shape = {};
    const stop = globalThis.dormouse.on('device.samples', ({ axes, rateHz, blocks }) => {
      for (const block of blocks) frames += block.frames;
      shape = { axes, rateHz };
    });
    let pictures = 0;
    const unsee = globalThis.dormouse.on('device.picture', () => pictures++);
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
    unsee();
    const { health } = await globalThis.dormouse.request('device.state', undefined);
    const took = (times.at(-1) - times[0]) / 1000;
    const perSecond = Array.from({ length: Math.floor(took) }, (_, i) => {
      const from = times[0] + 1000 * i;
      return times.filter((time) => time >= from && time < from + 1000).length;
    });
    const says = (name) =>
      Number(document.querySelector(`[data-${name}-per-second]`)?.dataset[`${name}PerSecond`] ?? 0);
    const round = (value) => Math.round(10 * value) / 10;
    return {
      ...shape,
      ...(pictures > 0
        ? { picturesPerSecond: Math.round((10 * pictures) / took) / 10 }
        : { samplesPerSecond: Math.round(frames / took) }),
      lost: health?.lost ?? null,
      framesPerSecond: round((times.length - 1) / took),
      worst: Math.min(...perSecond),
      longestMs: round(Math.max(...times.slice(1).map((time, i) => time - times[i]))),
      plotSays: { waveform: says('frames'), spectrogram: says('spectrograms'), pictures: says('pictures') },
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
  for (const kind of ['audio', 'motion', 'camera']) {
    await stream(page, kind);
    await measure(page, 2);
    results[kind] = await recordMeanwhile(page, () => measure(page, seconds));
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

/**
 * `npm start`: installs what is missing, builds what is stale, finds an Electron and opens the app, in which a
 * simulated board is ready. Works on a fresh clone with nothing done before. Exit status: the app's own; 1 where there is no
 * display to open a window on.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { checkNode, ensureInstalled, main, root, Stop } from './lib/ready.mjs';

function checkDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY) return;
  throw new Stop(
    'There is no display here to open a window on. "npm run demo" shows the whole of Dormouse in the terminal, and "npm run dormouse" is its command line.',
    1,
  );
}

/** Chromium refuses its sandbox to root; elsewhere it stays on. */
function switches() {
  if (process.getuid?.() !== 0) return [];
  console.error(
    "Running as root, so the interface runs without the system's sandbox: better start it as an ordinary user.",
  );
  return ['--no-sandbox'];
}

function open(electron) {
  const env = { ...process.env };
  // Set by an editor's terminal, it would turn Electron into plain Node.
  delete env.ELECTRON_RUN_AS_NODE;
  const child = spawn(electron.executable, [...switches(), root, ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

await main(async () => {
  checkNode();
  checkDisplay();
  ensureInstalled();
  const { build } = await import('./build.mjs');
  await build();
  const { findElectron, describeElectron } = await import('./electron.mjs');
  const electron = await findElectron();
  console.error(describeElectron(electron));
  const status = await open(electron).catch((error) => {
    throw new Stop(
      `${electron.executable} could not be started (${error.message}): set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds an Electron that runs here.`,
    );
  });
  if (status === 127) {
    throw new Stop(
      'Electron misses a system library (named above): on Debian or Ubuntu, "apt-get install libgtk-3-0 libnss3 libgbm1 libasound2" brings what it needs.',
      127,
    );
  }
  process.exitCode = status;
});

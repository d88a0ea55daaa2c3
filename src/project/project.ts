/**
 * A project: one folder with a settings file, the captures and, once trained, a model. Opening one opens its dataset;
 * closing it gives the folder free for other programs. Knows nothing of boards that are plugged in or of the interface.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import { replaceFile } from '../base';
import { dspKinds } from '../core';
import { Dataset, type CaptureSummary } from '../dataset';
import type { LiveSettings } from '../deploy';
import { defaultImpulse, type ImpulseSettings } from '../impulse';
import { defaultTrainSettings } from './defaults';
import { taskSchema, type Task, type TrainSettings } from './contract';
import { ProjectError } from './errors';
import { trainSettingsSchema } from './train-settings';
import { loadTrained, saveTrained, type TrainedModel } from './trained';

const settingsFile = 'dormouse.json';

const within = (low: number, high: number) => v.pipe(v.number(), v.finite(), v.minValue(low), v.maxValue(high));
const settingsSchema = v.object({
  // 1: before there were pruning, transfer and the rest of the zoo; read, and written as 2 with the next change.
  format: v.pipe(
    v.picklist([1, 2]),
    v.transform(() => 2 as const),
  ),
  name: v.pipe(v.string(), v.maxLength(200)),
  task: taskSchema,
  createdAt: v.string(),
  impulse: v.object({
    windowMs: within(0, 60_000),
    strideMs: within(0, 60_000),
    rateHz: within(0, 100_000),
    axes: v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(64)),
    dsp: v.object({
      kind: v.picklist(dspKinds),
      params: v.record(v.string(), v.pipe(v.number(), v.finite())),
    }),
  }),
  training: trainSettingsSchema,
  live: v.object({
    threshold: within(0, 1),
    smoothing: v.pipe(within(1, 32), v.integer()),
    suppress: v.optional(v.pipe(within(0, 65535), v.integer())),
    thresholds: v.optional(v.pipe(v.array(within(0, 1)), v.maxLength(127))),
  }),
});

export interface ProjectSettings {
  readonly format: 2;
  readonly name: string;
  readonly task: Task;
  readonly createdAt: string;
  readonly impulse: ImpulseSettings;
  readonly training: TrainSettings;
  readonly live: LiveSettings;
}

export interface CreateOptions {
  readonly task: Task;
  readonly name?: string;
}

type SettingsPart = Partial<Pick<ProjectSettings, 'name' | 'impulse' | 'training' | 'live'>>;

export class Project {
  private trainedModel: TrainedModel | null | undefined;
  private knownFingerprint: string | undefined;
  private saving: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly folder: string,
    private current: ProjectSettings,
    readonly dataset: Dataset,
  ) {
    dataset.onChange(() => {
      this.knownFingerprint = undefined;
    });
  }

  get settings(): ProjectSettings {
    return this.current;
  }

  /** Makes a project in a new or empty folder. Throws ProjectError `exists` where something is in the way. */
  static async create(folder: string, options: CreateOptions): Promise<Project> {
    const path = resolve(folder);
    const present = await readdir(path).catch(() => [] as string[]);
    if (present.includes(settingsFile))
      throw new ProjectError(
        'exists',
        `There is a Dormouse project in ${path} already.`,
        'Open it, or choose another folder.',
      );
    if (present.some((name) => !name.startsWith('.')))
      throw new ProjectError('exists', `The folder ${path} is not empty.`, 'Choose a new or an empty folder.');
    const settings: ProjectSettings = {
      format: 2,
      name: options.name?.trim() || basename(path),
      task: options.task,
      createdAt: new Date().toISOString(),
      impulse: defaultImpulse(options.task),
      training: defaultTrainSettings(options.task),
      live: { threshold: 0.6, smoothing: 3 },
    };
    try {
      await mkdir(path, { recursive: true });
      await writeSettings(path, settings);
    } catch (cause) {
      throw new ProjectError(
        'storage',
        `A project cannot be written to ${path}.`,
        'Choose a folder you may write to, with free space.',
        cause,
      );
    }
    return new Project(path, settings, await Dataset.open(path));
  }

  static async open(folder: string, options: { readonly readOnly?: boolean } = {}): Promise<Project> {
    const path = resolve(folder);
    const settings = await readSettings(path);
    return new Project(path, settings, await Dataset.open(path, options));
  }

  /** Replaces parts of the settings, atomically on disk; one change after the other, each told the settings before it. */
  change(part: SettingsPart | ((before: ProjectSettings) => SettingsPart)): Promise<void> {
    const changing = this.saving.then(() => this.save(typeof part === 'function' ? part(this.current) : part));
    this.saving = changing.catch(() => undefined);
    return changing;
  }

  private async save(part: SettingsPart): Promise<void> {
    const next = { ...this.current, ...part };
    try {
      await writeSettings(this.folder, next);
    } catch (cause) {
      throw new ProjectError(
        'storage',
        'The project settings could not be saved.',
        'Free some space on the disk, then try again; nothing was changed.',
        cause,
      );
    }
    this.current = next;
    this.knownFingerprint = undefined;
  }

  /** The trained model, or null before the first training (or where its file was deleted or damaged). */
  async trained(): Promise<TrainedModel | null> {
    this.trainedModel ??= await loadTrained(this.folder);
    return this.trainedModel;
  }

  async needTrained(): Promise<TrainedModel> {
    const model = await this.trained();
    if (!model) throw new ProjectError('no-model', 'There is no trained model in this project.', 'Train first.');
    return model;
  }

  /** Changes with everything that training sees: captures, labels, splits, people, trims, and the impulse. */
  fingerprint(): string {
    this.knownFingerprint ??= fingerprintOf(
      this.dataset.list({}, 0, Number.MAX_SAFE_INTEGER).items,
      this.current.impulse,
    );
    return this.knownFingerprint;
  }

  async keepTrained(model: TrainedModel): Promise<void> {
    await saveTrained(this.folder, model);
    this.trainedModel = model;
  }

  async close(): Promise<void> {
    await this.saving;
    await this.dataset.close();
  }
}

function fingerprintOf(captures: readonly CaptureSummary[], impulse: ImpulseSettings): string {
  const hash = createHash('sha256').update(JSON.stringify(impulse));
  for (const { id, label, split, person, session, trim, boxes } of captures)
    hash.update(JSON.stringify([id, label, split, person, session, trim?.start, trim?.end, ...boxes]));
  return hash.digest('hex');
}

async function writeSettings(folder: string, settings: ProjectSettings): Promise<void> {
  await replaceFile(join(folder, settingsFile), `${JSON.stringify(settings, null, 2)}\n`);
}

async function readSettings(folder: string): Promise<ProjectSettings> {
  let text: string;
  try {
    text = await readFile(join(folder, settingsFile), 'utf8');
  } catch (cause) {
    throw new ProjectError(
      'not-a-project',
      `${folder} is not a Dormouse project: it has no readable ${settingsFile}.`,
      'Choose a project folder, or make one with "dormouse new".',
      cause,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  const checked = v.safeParse(settingsSchema, parsed);
  if (!checked.success)
    throw new ProjectError(
      'not-a-project',
      `The settings in ${join(folder, settingsFile)} are damaged or of a newer version${placeOf(checked.issues)}.`,
      'Put back a copy of that file, or make a new project and copy the "captures" folder into it: the captures are whole.',
    );
  return checked.output;
}

/** Where the first of the mistakes is: " (training.epochs)". */
function placeOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const path = v.getDotPath(issues[0]);
  return path === null || path === undefined ? '' : ` (${path})`;
}

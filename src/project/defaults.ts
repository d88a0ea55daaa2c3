/** What a new project begins with; every figure can be changed by the person. */
import { defaultTraining } from '../train';
import type { Task, TrainSettings } from './contract';
import { laterSettings } from './train-settings';

export function defaultTrainSettings(): TrainSettings {
  return { engine: 'core', model: 'auto', size: 'medium', augment: true, ...laterSettings, ...defaultTraining };
}

/** What microphones on boards are asked for: enough for speech, and what keyword models of others expect. */
const soundRateHz = 16_000;

/** The rate that imported sounds are brought to; undefined where a project is not about sound and keeps files as they are. */
export function soundRateOf(task: Task): number | undefined {
  return task === 'audio' ? soundRateHz : undefined;
}

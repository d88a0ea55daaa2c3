/** What a new project begins with; every figure can be changed by the person. */
import { defaultTraining } from '../train';
import type { Task, TrainSettings } from './contract';
import { laterSettings } from './train-settings';

/**
 * Sound: the smallest DS-CNN, which listens four times a second on a Cortex-M4, and fewer epochs, since each has every
 * word twice (as it was recorded, and varied).
 */
const forSound: Partial<TrainSettings> = { size: 'small', epochs: 40, schedule: 'cosine' };

export function defaultTrainSettings(task: Task = 'motion'): TrainSettings {
  const usual = { engine: 'core', model: 'auto', size: 'medium', augment: true } as const;
  return { ...usual, ...laterSettings, ...defaultTraining, ...(task === 'audio' ? forSound : {}) };
}

/** What microphones on boards are asked for: enough for speech, and what keyword models of others expect. */
const soundRateHz = 16_000;

/** The rate that imported sounds are brought to; undefined where a project is not about sound and keeps files as they are. */
export function soundRateOf(task: Task): number | undefined {
  return task === 'audio' ? soundRateHz : undefined;
}

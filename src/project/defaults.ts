/** What a new project begins with; every figure can be changed by the person. */
import { defaultTraining } from '../train';
import type { Task, TrainSettings } from './contract';
import { laterSettings } from './train-settings';

/**
 * Sound: the smallest DS-CNN, which listens four times a second on a Cortex-M4, and fewer epochs, since each has every
 * word four times (as it was recorded, and varied). Chosen by leaving out a third of the training persons of the Arabic
 * commands at a time (float, one seed each): medium 2-D convolution 0.903, smallest DS-CNN with all its blocks on 25 x 7
 * positions 0.936, on 13 x 4 as now 0.953 and with three varied windows beside each 0.950; for spoken digits, two persons
 * teaching a third, 0.733 without varied windows and 0.753 with them (0.740 where speed varies twice as much).
 */
const forSound: Partial<TrainSettings> = { size: 'small', epochs: 24, schedule: 'cosine' };

/**
 * Pictures: many values each, so that fewer rounds are enough and each takes longer. On two quarters of the training
 * pictures of the electronic components, left out one at a time, medium 2-D convolutions named all after 10 epochs.
 */
const forPictures: Partial<TrainSettings> = { epochs: 40, schedule: 'cosine' };

/** Clusters of what is normal need no choice of a network. */
const forAnomalies: Partial<TrainSettings> = { anomaly: { ...laterSettings.anomaly, kind: 'kmeans' } };

const byTask: Readonly<Record<Task, Partial<TrainSettings>>> = {
  motion: {},
  audio: forSound,
  image: forPictures,
  anomaly: forAnomalies,
};

export function defaultTrainSettings(task: Task = 'motion'): TrainSettings {
  const usual = { engine: 'core', model: 'auto', size: 'medium', augment: true } as const;
  return { ...usual, ...laterSettings, ...defaultTraining, ...byTask[task] };
}

/** What microphones on boards are asked for: enough for speech, and what keyword models of others expect. */
const soundRateHz = 16_000;

/** The rate that imported sounds are brought to; undefined where a project is not about sound and keeps files as they are. */
export function soundRateOf(task: Task): number | undefined {
  return task === 'audio' ? soundRateHz : undefined;
}

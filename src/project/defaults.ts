/** What a new project begins with; every figure can be changed by the person. */
import { defaultTraining } from '../train';
import type { TrainSettings } from './contract';
import { laterSettings } from './train-settings';

export function defaultTrainSettings(): TrainSettings {
  return { engine: 'core', model: 'auto', size: 'medium', augment: true, ...laterSettings, ...defaultTraining };
}

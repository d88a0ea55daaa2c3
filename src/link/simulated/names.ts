/** What a simulated board can be told to do, by what a project is about. */
import { gestureNames } from './gestures';
import { objectNames } from './objects';
import { wordNames } from './phonemes';
import { vibrationNames } from './vibration';

export type SimulatedTask = 'motion' | 'audio' | 'image' | 'anomaly';

const names: Readonly<Record<SimulatedTask, readonly string[]>> = {
  motion: gestureNames,
  audio: wordNames,
  image: objectNames,
  anomaly: vibrationNames,
};

/** Each is the label under which it would be recorded. */
export function simulatedNames(task: SimulatedTask): string[] {
  return [...names[task]];
}

export const allSimulatedNames: readonly string[] = [...new Set(Object.values(names).flat())];
export const isVibration = (name: string): boolean => (vibrationNames as readonly string[]).includes(name);
export const isWord = (name: string): boolean => (wordNames as readonly string[]).includes(name);
export const isObject = (name: string): boolean => (objectNames as readonly string[]).includes(name);

/** What recordings from the simulated board have in common: who takes part, and time that passes only when told to. */
import type { Dataset, Split } from '../dataset';
import type { Simulation } from '../link';
import type { DeviceHub, RunningStream } from './hub';

/** What a recording from the simulated board needs. */
export interface Studio {
  readonly world: Simulation;
  readonly hub: DeviceHub;
  readonly dataset: Dataset;
  readonly stream: RunningStream;
}

export interface TakeNotes {
  readonly person: string;
  readonly session: string;
  readonly split: Split;
}

/** Moves the board's time and lets what it sends arrive, so that a recording is the same at every run and at any load. */
export async function passTime(world: Simulation, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 0.05) {
    world.advance(Math.min(left, 0.05) * 1e6);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

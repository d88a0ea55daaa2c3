/**
 * How much goes on at a sensor, as one number for each block: what a recording that begins by itself waits for. Of
 * sound, the loudest value in per cent of full scale; of anything else, how far the axes that share the first one's
 * units are from where they rested in the last second, so that gravity does not count. Knows no recording.
 */
import type { SampleBlock, SensorInfo } from '../link';

const fullScale = 32768;
/** How long what is steady takes to become the resting place. */
const restSeconds = 1;

/** In which units the level of a sensor is told. */
export const levelUnits = (sensor: SensorInfo): string => (sensor.kind === 'audio' ? '%' : sensor.axes[0].units);

export class LevelMeter {
  private readonly axes: readonly number[];
  private readonly width: number;
  private readonly sound: boolean;
  private rest: number[] | undefined;

  constructor(
    sensor: SensorInfo,
    private readonly rateHz: number,
  ) {
    this.sound = sensor.kind === 'audio';
    this.width = sensor.axes.length;
    this.axes = sensor.axes.flatMap(({ units }, axis) => (units === sensor.axes[0].units ? [axis] : []));
  }

  /** The highest level within the block; 0 of one without frames. */
  take({ values, frames }: SampleBlock): number {
    let highest = 0;
    if (this.sound) {
      for (const value of values) highest = Math.max(highest, Math.abs(value));
      return (highest / fullScale) * 100;
    }
    const part = 1 / Math.max(1, this.rateHz * restSeconds);
    for (let frame = 0; frame < frames; frame++) {
      const at = frame * this.width;
      this.rest ??= this.axes.map((axis) => values[at + axis]);
      let squares = 0;
      for (let i = 0; i < this.axes.length; i++) {
        const away = values[at + this.axes[i]] - this.rest[i];
        squares += away * away;
        this.rest[i] += away * part;
      }
      highest = Math.max(highest, Math.sqrt(squares));
    }
    return highest;
  }
}

/** In what the level of a sensor is told: as the services measure it (device.samples). Pure. */
import type { SensorInfo } from '../../src/link/types';
import { units } from '../ui/format';

export function levelUnits(sensor: SensorInfo | undefined): string {
  if (!sensor) return '';
  return sensor.kind === 'audio' ? '%' : units(sensor.axes[0].units);
}

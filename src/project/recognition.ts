/** What recognition needs to know of the project's model. */
import type { LiveModel } from '../live';
import { liveSettingsOf, sensorOf } from './deploying';
import type { ProjectSettings } from './project';
import { headOf, type TrainedModel } from './trained';

export function liveModelOf(settings: ProjectSettings, model: TrainedModel): LiveModel {
  return {
    labels: model.report.labels,
    sensor: sensorOf(settings.task),
    settings: liveSettingsOf(settings, model),
    head: headOf(model),
    scale: model.quantized.outputScale,
    zeroPoint: model.quantized.outputZeroPoint,
    rateHz: model.resolved.shape.rateHz,
  };
}

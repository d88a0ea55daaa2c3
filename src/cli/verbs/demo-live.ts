/** The last part of the demo: somebody new before the board that runs the model, one label after the other. */
import type { Device, SimulatedTransport } from '../../link';
import { startLive, type LiveResult } from '../../live';
import { liveModelOf, passTime, ProjectError, type Project } from '../../project';

const secondsEach = 6;

/** Plays one gesture after the other on the board that runs the model, and counts how many it names. */
export async function recogniseLive(
  transport: SimulatedTransport,
  device: Device,
  project: Project,
  signal: AbortSignal,
) {
  const model = await project.needTrained();
  const labels = model.report.labels;
  const windowSeconds = model.resolved.shape.frames / model.resolved.shape.rateHz;
  const results: LiveResult[] = [];
  const live = await startLive(device, liveModelOf(project.settings, model), (result) => results.push(result));
  // The first windows after a change still hold the gesture before: count from one whole window (and the smoothing) later.
  const settle = windowSeconds + (project.settings.live.smoothing * live.info.strideMicros) / 1e6;
  const world = await transport.world();
  world.setSpeed(0);
  const heard: { gesture: string; results: number; right: number }[] = [];
  for (const gesture of labels) {
    const from = (results.at(-1)?.seconds ?? 0) + settle;
    const until = from + secondsEach;
    await transport.play(gesture, 'somebody new');
    await passTime(world, settle + secondsEach);
    if (signal.aborted) throw new ProjectError('cancelled', 'The demo was cancelled.', 'Start it again when you like.');
    const counted = results.filter((result) => result.seconds > from && result.seconds <= until);
    heard.push({
      gesture,
      results: counted.length,
      right: counted.filter((result) => result.label === gesture).length,
    });
  }
  world.setSpeed(1);
  await live.stop();
  return heard;
}

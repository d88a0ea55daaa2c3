/** The last part of the demo: something new before the board that runs the model, one label after the other. */
import type { Device, SimulatedTransport } from '../../link';
import { startLive, type LiveResult } from '../../live';
import { liveModelOf, passTime, ProjectError, type Project } from '../../project';

const secondsEach = 6;

/**
 * A result is right if it is what plays, or if what plays was never taught and is called unusual. A model that knows
 * one label only says nothing else of what is usual.
 */
const isRight = ({ label, unusual }: LiveResult, playing: string, labels: readonly string[]): boolean =>
  labels.includes(playing) ? label === playing && unusual !== true : unusual === true;

/** Plays one label after the other on the board that runs the model, and counts how many it names. */
export async function recogniseLive(
  transport: SimulatedTransport,
  device: Device,
  project: Project,
  signal: AbortSignal,
) {
  const model = await project.needTrained();
  const { task } = project.settings;
  const labels = model.report.labels;
  const { frames, rateHz } = model.resolved.shape;
  // A picture is a window that takes no time.
  const windowSeconds = task === 'image' ? 0 : frames / rateHz;
  const results: LiveResult[] = [];
  const live = await startLive(device, liveModelOf(project.settings, model), (result) => results.push(result));
  // The first windows after a change still hold the gesture before: count from one whole window (and the smoothing) later.
  const settle = windowSeconds + (project.settings.live.smoothing * live.info.strideMicros) / 1e6;
  const world = await transport.world();
  world.setSpeed(0);
  const heard: { gesture: string; results: number; right: number }[] = [];
  for (const gesture of await transport.gestures(task)) {
    const from = (results.at(-1)?.seconds ?? 0) + settle;
    const until = from + secondsEach;
    await transport.play(gesture, 'somebody new');
    await passTime(world, settle + secondsEach);
    if (signal.aborted) throw new ProjectError('cancelled', 'The demo was cancelled.', 'Start it again when you like.');
    const counted = results.filter((result) => result.seconds > from && result.seconds <= until);
    heard.push({
      gesture,
      results: counted.length,
      right: counted.filter((result) => isRight(result, gesture, labels)).length,
    });
  }
  world.setSpeed(1);
  await live.stop();
  return heard;
}

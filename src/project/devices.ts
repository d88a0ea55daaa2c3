/**
 * The board beside the project: which ports there are, the one that is kept connected, its stream. What a person
 * chose (the sensor that streams) is taken up again when a board comes back. Emits states; knows no project.
 */
import { reportOf } from '../base';
import { customPort, DeviceLink, listPorts, watchPorts, type LinkState, type PortInfo } from '../link';
import type { DeviceState, Events } from './contract';
import { ProjectError } from './errors';
import { DeviceHub } from './hub';
import { PictureFeed } from './picture-feed';
import { SampleFeed } from './sample-feed';

type Told = 'devices.changed' | 'device.changed' | 'device.samples' | 'device.picture' | 'device.button';
type Emit = <N extends Told>(name: N, event: Events[N]) => void;

const noDevice: DeviceState = { status: 'none', port: null, info: null, streaming: null, health: null, problem: '' };
/** As in LOG events (firmware/PROTOCOL.md 3): 2 warning, 3 error. */
const warningLevel = 2;
/** How often the health badge is refreshed while a sensor streams. */
const healthEveryMs = 1000;

export class Devices {
  private link: DeviceLink | null = null;
  private hub: DeviceHub | null = null;
  private connecting: PortInfo | null = null;
  private problem = '';
  private wantedStream: { sensor: number; rateHz: number } | null = null;
  private readonly feed: SampleFeed;
  private readonly pictureFeed: PictureFeed;
  private readonly stopWatching: () => void;
  private readonly healthTimer: NodeJS.Timeout;
  private readonly goneListeners = new Set<(reason: string) => void>();
  /** Counts connects and disconnects: what a slow connect brings is only wanted if nothing came after it. */
  private attempt = 0;

  constructor(private readonly emit: Emit) {
    this.feed = new SampleFeed((event) => emit('device.samples', event));
    this.pictureFeed = new PictureFeed((event) => emit('device.picture', event));
    this.stopWatching = watchPorts((ports) => emit('devices.changed', ports));
    this.healthTimer = setInterval(() => {
      if (this.hub?.streaming) this.changed();
    }, healthEveryMs);
    this.healthTimer.unref();
  }

  list(): Promise<readonly PortInfo[]> {
    return listPorts();
  }

  state(): DeviceState {
    if (this.connecting) return { ...noDevice, status: 'connecting', port: this.connecting };
    const state = this.link?.state;
    if (!state || state.status === 'closed') return { ...noDevice, problem: this.problem };
    const stream = this.hub?.streaming ?? null;
    return {
      status: state.status,
      port: state.port,
      info: this.hub?.info ?? null,
      streaming: stream ? { sensor: stream.sensor.id, rateHz: stream.rateHz } : null,
      health: this.hub ? this.hub.device.health() : null,
      problem: this.problem,
    };
  }

  /** The connected board, or null. */
  get connected(): DeviceHub | null {
    return this.link?.state.status === 'connected' ? this.hub : null;
  }

  /** The connected board. Throws ProjectError `no-device`. */
  need(): DeviceHub {
    const hub = this.connected;
    if (!hub)
      throw new ProjectError(
        'no-device',
        'No board is connected.',
        'Plug one in and connect it, or use the simulated board.',
      );
    return hub;
  }

  /** Told in one sentence why, when the board is lost or let go. */
  onGone(listener: (reason: string) => void): () => void {
    this.goneListeners.add(listener);
    return () => this.goneListeners.delete(listener);
  }

  async connect(path: string): Promise<DeviceState> {
    const attempt = ++this.attempt;
    await this.letGo();
    const port = (await this.list()).find((candidate) => candidate.path === path) ?? customPort(path);
    this.refuseLate(attempt);
    this.connecting = port;
    this.changed();
    try {
      const link = await DeviceLink.open(port);
      if (attempt !== this.attempt) await link.close();
      this.refuseLate(attempt);
      this.link = link;
      this.connecting = null;
      link.onState((state) => void this.follow(link, state));
      await this.follow(link, link.state);
    } catch (error) {
      if (attempt !== this.attempt) throw error;
      this.connecting = null;
      this.problem = reportOf(error).message;
      this.changed();
      throw error;
    }
    return this.state();
  }

  private refuseLate(attempt: number): void {
    if (attempt !== this.attempt)
      throw new ProjectError('cancelled', 'Connecting was cancelled.', 'Connect again when you like.');
  }

  private async follow(link: DeviceLink, state: LinkState): Promise<void> {
    if (link !== this.link) return;
    if (state.status === 'lost') {
      this.endFeeds();
      this.problem = `${state.problem.message} What was recorded is safe; plug the board in again and it goes on.`;
      for (const listener of this.goneListeners) listener(state.problem.message);
    } else if (state.status === 'connected') {
      this.problem = '';
      this.hub = new DeviceHub(state.device);
      this.hub.listen((block, level) => this.feed.add(block, level));
      this.hub.listenPictures((picture) => this.pictureFeed.add(picture));
      state.device.onButton((pressed) => this.emit('device.button', { pressed }));
      state.device.onLog((level, message) => {
        // A line that was no number, a sensor that overran: what a person should know while it happens.
        if (level < warningLevel) return;
        this.problem = message;
        this.changed();
      });
      const wanted = this.wantedStream;
      if (wanted)
        await this.stream(wanted.sensor, wanted.rateHz).catch((error: unknown) => {
          this.problem = reportOf(error).message;
        });
    }
    this.changed();
  }

  async stream(sensor: number, rateHz?: number): Promise<DeviceState> {
    const stream = await this.need().start(sensor, rateHz);
    this.wantedStream = { sensor, rateHz: stream.rateHz };
    this.endFeeds();
    if (stream.sensor.picture) this.pictureFeed.begin();
    else this.feed.begin(stream.sensor.axes.length, stream.rateHz);
    this.changed();
    return this.state();
  }

  async stopStream(): Promise<DeviceState> {
    this.wantedStream = null;
    this.endFeeds();
    await this.connected?.stop();
    this.changed();
    return this.state();
  }

  private endFeeds(): void {
    this.feed.end();
    this.pictureFeed.end();
  }

  disconnect(): Promise<DeviceState> {
    this.attempt++;
    return this.letGo();
  }

  private async letGo(): Promise<DeviceState> {
    this.connecting = null;
    const link = this.link;
    if (link) for (const listener of this.goneListeners) listener('The board was disconnected.');
    this.link = null;
    this.hub = null;
    this.wantedStream = null;
    this.problem = '';
    this.endFeeds();
    await link?.close();
    this.changed();
    return this.state();
  }

  /** Asks the board again what lies in its slots, and tells listeners. */
  async refreshSlots(): Promise<void> {
    await this.connected?.refreshSlots();
    this.changed();
  }

  private changed(): void {
    this.emit('device.changed', this.state());
  }

  async close(): Promise<void> {
    this.stopWatching();
    clearInterval(this.healthTimer);
    await this.disconnect();
  }
}

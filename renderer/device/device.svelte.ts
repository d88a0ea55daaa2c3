/** The board beside the screen: what is plugged in, what is connected, and the last seconds of what it streams. */
import type { DeviceState, Events } from '../../src/project/contract';
import type { PortInfo, SensorInfo } from '../../src/link/types';
import type { Session } from '../shell/session.svelte';
import { StreamBuffer } from '../ui/plot/stream-buffer';
import { problemOf, type Problem } from '../ui/problem';

const noDevice: DeviceState = {
  status: 'none',
  port: null,
  info: null,
  streaming: null,
  health: null,
  problem: '',
};

const sensorOf = { motion: 'motion', audio: 'audio', image: 'camera', anomaly: 'motion' } as const;

/** How much went on, when: as the services measure it. */
export interface LevelAt {
  readonly at: number;
  readonly level: number;
}

/** Longest span that the live plot shows. */
export const bufferSeconds = 10;

export class DeviceModel {
  state = $state.raw<DeviceState>(noDevice);
  ports = $state.raw<readonly PortInfo[]>([]);
  buffer = $state.raw<StreamBuffer | undefined>(undefined);
  /** The newest picture of a camera that streams. */
  picture = $state.raw<Events['device.picture'] | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  sheetOpen = $state(false);
  gestures = $state.raw<readonly string[]>([]);
  playing = $state('');

  readonly connected = $derived(this.state.status === 'connected');
  readonly simulated = $derived(this.connected && this.state.port?.simulated === true);
  /** The sensor that streams, else the first one that fits. */
  readonly sensor = $derived<SensorInfo | undefined>(
    this.state.info?.sensors.find((sensor) => sensor.id === this.state.streaming?.sensor) ??
      this.state.info?.sensors[0],
  );
  readonly name = $derived(this.state.port?.title ?? '');
  readonly model = $derived(
    this.state.info?.slots.find((slot) => slot.slot === this.state.info?.activeSlot && this.state.info.activeSlot >= 0),
  );
  /** Of the last seconds, the oldest first; read by what draws, at its own pace. */
  readonly levels: LevelAt[] = [];
  private streamKey = '';

  constructor(private readonly session: Session) {
    session.onOther(() => void this.follow());
    session.bridge.on('device.changed', (state) => this.take(state));
    session.bridge.on('devices.changed', (ports) => (this.ports = ports));
    session.bridge.on('device.samples', (event) => this.samples(event));
    session.bridge.on('device.picture', (picture) => {
      if (this.streamKey) this.picture = picture;
    });
  }

  async begin(): Promise<void> {
    await this.attempt(async () => {
      this.take(await this.session.ask('device.state'));
      this.ports = await this.session.ask('devices.list');
    });
  }

  async connect(path: string): Promise<void> {
    await this.attempt(async () => this.take(await this.session.ask('device.connect', { path })));
  }

  /** The simulated board where there is one: what the buttons of empty screens do. */
  async connectSimulated(): Promise<void> {
    await this.connect(this.ports.find((port) => port.simulated)?.path ?? 'sim');
    await this.ensureStream();
  }

  async disconnect(): Promise<void> {
    await this.attempt(async () => this.take(await this.session.ask('device.disconnect')));
  }

  async rollback(): Promise<void> {
    await this.attempt(async () => this.take(await this.session.ask('device.rollback')));
  }

  async stream(sensor: number, rateHz?: number): Promise<void> {
    await this.attempt(async () =>
      this.take(await this.session.ask('device.stream', rateHz === undefined ? { sensor } : { sensor, rateHz })),
    );
  }

  /** Another project may be about something else: its sensor streams, and the simulated board plays what belongs to it. */
  private async follow(): Promise<void> {
    if (!this.connected || !this.session.project.open) return;
    if (this.simulated) await this.play('');
    const sensor = this.fitting();
    if (sensor && this.state.streaming && this.state.streaming.sensor !== sensor.id) await this.stream(sensor.id);
  }

  /** The sensor of the project's task, else the first there is. */
  private fitting(): SensorInfo | undefined {
    const wanted = sensorOf[this.session.project.task];
    return this.state.info?.sensors.find((entry) => entry.kind === wanted) ?? this.state.info?.sensors[0];
  }

  /** A screen that shows the sensor wants it to stream; it does so with the sensor of the project's task. */
  async ensureStream(): Promise<void> {
    if (!this.connected) return;
    if (this.simulated && this.gestures.length === 0) void this.play('');
    if (this.state.streaming) return;
    const sensor = this.fitting();
    if (sensor) await this.stream(sensor.id);
  }

  /** Which gesture the simulated board plays; '' only asks. */
  async play(gesture: string): Promise<void> {
    await this.attempt(async () => {
      const answer = await this.session.ask('device.simulate', { gesture });
      this.gestures = answer.gestures;
      this.playing = answer.playing;
    });
  }

  /** A finger on the simulated board's button, and off it. */
  async press(): Promise<void> {
    await this.attempt(async () => {
      await this.session.ask('device.press', { pressed: true });
      await this.session.ask('device.press', { pressed: false });
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.problem = undefined;
    try {
      await work();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private take(state: DeviceState): void {
    this.state = state;
    if (state.status !== 'connected') this.gestures = [];
    const sensor = state.info?.sensors.find((entry) => entry.id === state.streaming?.sensor);
    const streamKey = sensor && state.streaming ? `${state.port?.path}/${sensor.id}/${state.streaming.rateHz}` : '';
    if (streamKey === this.streamKey) return;
    this.streamKey = streamKey;
    this.levels.length = 0;
    this.picture = undefined;
    if (sensor && state.streaming) this.renew(sensor.axes.length, state.streaming.rateHz);
    else this.buffer = undefined;
  }

  private renew(axes: number, rateHz: number): void {
    this.buffer = new StreamBuffer(axes, rateHz, Math.max(64, Math.ceil(rateHz * bufferSeconds)));
  }

  private samples(event: Events['device.samples']): void {
    if (!this.streamKey) return;
    const at = performance.now();
    this.levels.push({ at, level: event.level });
    while (this.levels[0].at < at - bufferSeconds * 1000) this.levels.shift();
    if (!this.buffer || this.buffer.axes !== event.axes) this.renew(event.axes, event.rateHz);
    for (const block of event.blocks) this.buffer?.push(block);
  }
}

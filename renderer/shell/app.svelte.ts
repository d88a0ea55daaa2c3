/** The whole interface's state: the session, the board, and one model per step, made once and kept while moving about. */
import { CaptureModel } from '../capture/capture.svelte';
import { DataModel } from '../dataset/data.svelte';
import { DeviceModel } from '../device/device.svelte';
import { FitModel } from '../fit/fit.svelte';
import { ImpulseModel } from '../impulse/impulse.svelte';
import { LiveModel } from '../live/live.svelte';
import { TestModel } from '../test/test.svelte';
import { TrainModel } from '../train/train.svelte';
import type { DormouseBridge } from './bridge';
import { Session } from './session.svelte';

export class App {
  readonly session: Session;
  readonly device: DeviceModel;
  readonly capture: CaptureModel;
  readonly data: DataModel;
  readonly impulse: ImpulseModel;
  readonly train: TrainModel;
  readonly test: TestModel;
  readonly fit: FitModel;
  readonly live: LiveModel;

  constructor(bridge: DormouseBridge) {
    this.session = new Session(bridge);
    this.device = new DeviceModel(this.session);
    this.capture = new CaptureModel(this.session, this.device);
    this.data = new DataModel(this.session);
    this.impulse = new ImpulseModel(this.session);
    this.train = new TrainModel(this.session);
    this.test = new TestModel(this.session, this.data);
    this.fit = new FitModel(this.session, this.device);
    this.live = new LiveModel(this.session, this.device);
  }

  async begin(): Promise<void> {
    await Promise.all([this.session.begin(), this.device.begin()]);
  }
}

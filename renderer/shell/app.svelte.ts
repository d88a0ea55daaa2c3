/** The whole interface's state: the session, the board, and one model per step, made once and kept while moving about. */
import type { Task } from '../../src/project/contract';
import { CaptureModel } from '../capture/capture.svelte';
import { DataModel } from '../dataset/data.svelte';
import { ExplorerModel } from '../explorer/explorer.svelte';
import { DeviceModel } from '../device/device.svelte';
import { FirmwareModel } from '../device/firmware.svelte';
import { FitModel } from '../fit/fit.svelte';
import { ImpulseModel } from '../impulse/impulse.svelte';
import { LiveModel } from '../live/live.svelte';
import { TestModel } from '../test/test.svelte';
import { TrainModel } from '../train/train.svelte';
import { takesTyping } from '../ui/keys';
import { theme } from '../ui/theme.svelte';
import type { DormouseBridge, MenuCommand, ShellEvent } from './bridge';
import { Session } from './session.svelte';

export class App {
  readonly session: Session;
  readonly device: DeviceModel;
  readonly firmware: FirmwareModel;
  readonly capture: CaptureModel;
  readonly data: DataModel;
  readonly explorer: ExplorerModel;
  readonly impulse: ImpulseModel;
  readonly train: TrainModel;
  readonly test: TestModel;
  readonly fit: FitModel;
  readonly live: LiveModel;
  keysOpen = $state(false);

  constructor(bridge: DormouseBridge) {
    this.session = new Session(bridge);
    this.device = new DeviceModel(this.session);
    this.firmware = new FirmwareModel(this.session, this.device);
    this.capture = new CaptureModel(this.session, this.device);
    this.data = new DataModel(this.session);
    this.explorer = new ExplorerModel(this.session);
    this.impulse = new ImpulseModel(this.session);
    this.test = new TestModel(this.session, this.data);
    this.fit = new FitModel(this.session, this.device);
    this.train = new TrainModel(this.session, this.fit);
    this.live = new LiveModel(this.session, this.device);
    bridge.onShell((event) => this.hear(event));
  }

  async begin(): Promise<void> {
    const { bridge } = this.session;
    const remembered = bridge
      .preferences()
      .then(({ theme: choice }) => theme.follow(choice, (next) => void bridge.changePreferences({ theme: next })))
      // A shell without preferences is no reason not to start.
      .catch(() => undefined);
    await Promise.all([this.session.begin(), this.device.begin(), remembered]);
  }

  /** The example is there to be tried at once, so the simulated board comes with it. */
  async openExample(task: Task = 'motion'): Promise<void> {
    await this.session.openExample(task);
    if (this.session.project.open && !this.device.connected) await this.device.connectSimulated();
  }

  private hear(event: ShellEvent): void {
    if (event.kind === 'command') this.command(event.command);
    else if (event.kind === 'preferences')
      theme.follow(event.preferences.theme, (next) => void this.session.bridge.changePreferences({ theme: next }));
    else if (event.kind === 'services-restarted') {
      this.session.notice = undefined;
      void this.begin();
    } else this.session.notice = { message: event.message, action: event.action };
  }

  private command(command: MenuCommand): void {
    const { session } = this;
    // The menu's Undo belongs to the text that is being typed, where there is one.
    const typing = takesTyping(document.activeElement);
    const commands: Record<MenuCommand, () => unknown> = {
      'project.new': () => (session.newOpen = true),
      'project.open': () => session.openProject(),
      'project.example': () => this.openExample(),
      'project.close': () => session.closeProject(),
      'data.import': () => {
        session.step = 'data';
        return this.data.pickAndImport(false);
      },
      'data.export': () => {
        session.step = 'data';
        return this.data.export('zip');
      },
      'edit.undo': () => (typing ? document.execCommand('undo') : session.undo()),
      'edit.redo': () => (typing ? document.execCommand('redo') : session.redo()),
      'help.keys': () => (this.keysOpen = true),
    };
    void commands[command]();
  }
}

/** Putting the Dormouse sketch on a board: which board, how it can be done here, and how far it is. */
import type { BoardProfile } from '../../src/boards/types';
import type { FirmwarePlan, FirmwareProgress, FirmwareReport } from '../../src/deploy/types';
import type { Session } from '../shell/session.svelte';
import { problemOf, wasCancelled, type Problem } from '../ui/problem';
import type { DeviceModel } from './device.svelte';
import { firmwareWords as words } from './words';

export class FirmwareModel {
  open = $state(false);
  boards = $state.raw<readonly BoardProfile[]>([]);
  board = $state('');
  plan = $state.raw<FirmwarePlan | undefined>(undefined);
  running = $state(false);
  progress = $state.raw<FirmwareProgress | undefined>(undefined);
  done = $state.raw<FirmwareReport | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  /** The firmware file that was chosen; '' = none, the sketch is compiled. */
  file = $state('');
  private port = '';

  constructor(
    private readonly session: Session,
    private readonly device: DeviceModel,
  ) {
    session.bridge.on('firmware.progress', (progress) => {
      if (this.running) this.progress = progress;
    });
  }

  /** Opens the sheet for the board at a port; '' where nobody knows which it is. */
  async show(board: string, port: string): Promise<void> {
    this.open = true;
    this.done = undefined;
    this.problem = undefined;
    this.plan = undefined;
    this.file = '';
    this.port = port;
    try {
      if (this.boards.length === 0)
        this.boards = (await this.session.ask('boards.list')).filter((one) => one.family !== 'simulated');
    } catch (error) {
      this.problem = problemOf(error);
      return;
    }
    const known = this.boards.some((one) => one.id === board);
    this.board = known ? board : (this.boards[0]?.id ?? '');
    await this.look();
  }

  async choose(board: string): Promise<void> {
    this.board = board;
    this.file = '';
    this.done = undefined;
    await this.look();
  }

  async pickFile(): Promise<void> {
    const extensions = this.plan?.files ?? [];
    const [path] = await this.session.bridge.pickFiles({ title: words.pickFile, extensions });
    if (path) await this.useFile(path);
  }

  async useFile(path: string): Promise<void> {
    this.file = path;
    this.done = undefined;
    await this.look();
  }

  private async look(): Promise<void> {
    this.problem = undefined;
    this.plan = undefined;
    const asked = this.board;
    try {
      // The port only where it can be this board's: one that is recognised as another must not be written to.
      const here = this.device.ports.find((port) => port.path === this.port);
      const fits = here !== undefined && (here.boardId === '' || here.boardId === asked);
      const plan = await this.session.ask('firmware.plan', {
        board: asked,
        ...(fits ? { port: this.port } : {}),
        ...this.chosen,
      });
      if (this.board === asked) this.plan = plan;
    } catch (error) {
      if (this.board === asked) this.problem = problemOf(error);
    }
  }

  private get chosen(): { file?: string } {
    return this.file ? { file: this.file } : {};
  }

  async install(): Promise<void> {
    if (this.running || !this.plan) return;
    this.running = true;
    this.problem = undefined;
    this.progress = undefined;
    this.done = undefined;
    const { board, port } = this.plan;
    try {
      this.done = await this.session.ask('firmware.install', { board, ...(port ? { port } : {}), ...this.chosen });
    } catch (error) {
      if (!wasCancelled(error)) this.problem = problemOf(error);
    } finally {
      this.running = false;
      this.progress = undefined;
    }
  }

  async cancel(): Promise<void> {
    await this.session.ask('firmware.cancel').catch(() => undefined);
  }
}

/** What the app is told of the open project, the board and a recording that runs. Pure types: the interface reads them. */
import type { CaptureSummary } from '../dataset/types';
import type { DeviceInfo, PortInfo, StreamHealth } from '../link/types';
import type { Task } from './contract';

/** What a step in the rail wears, and whether it is the next useful one. */
export interface StepState {
  readonly step: 'capture' | 'data' | 'impulse' | 'train' | 'test' | 'fit' | 'live';
  /** "48 captures, 3 labels", "94 % int8", "on the board", '' where there is nothing yet. */
  readonly summary: string;
  readonly done: boolean;
  readonly next: boolean;
}

export interface ProjectState {
  readonly open: boolean;
  readonly name: string;
  readonly folder: string;
  readonly task: Task;
  readonly labels: readonly LabelCount[];
  readonly captures: number;
  readonly persons: readonly string[];
  readonly sessions: readonly string[];
  readonly steps: readonly StepState[];
  /** What Undo would undo ("delete 3 captures"), '' where nothing. */
  readonly undo: string;
  readonly redo: string;
  /** Data changed since the model was trained. */
  readonly modelStale: boolean;
}

export interface LabelCount {
  readonly label: string;
  readonly training: number;
  readonly testing: number;
  readonly seconds: number;
}

export interface RecentProject {
  readonly name: string;
  readonly folder: string;
  readonly openedAt: string;
}

export interface DeviceState {
  readonly status: 'none' | 'connecting' | 'connected' | 'lost';
  readonly port: PortInfo | null;
  readonly info: DeviceInfo | null;
  readonly streaming: { readonly sensor: number; readonly rateHz: number } | null;
  readonly health: StreamHealth | null;
  /** One plain sentence where something is wrong, '' otherwise. */
  readonly problem: string;
}

export interface CaptureProgress {
  /** 1-based, of `count` captures in this run. */
  readonly index: number;
  readonly count: number;
  /** 'armed': waits for what begins it. */
  readonly phase: 'countdown' | 'armed' | 'recording' | 'saving' | 'pause' | 'finished' | 'cancelled' | 'failed';
  readonly seconds: number;
  readonly ofSeconds: number;
  readonly saved: CaptureSummary | null;
  readonly problem: string;
}

/** What the shell and the services' process say to each other. Pure types. */
import type { ErrorReport } from '../src/base/errors';
import type { EventName, Events, RequestName } from '../src/project/contract';

export interface HostOptions {
  readonly version: string;
  /** Where new projects are suggested. */
  readonly projectsFolder: string;
  /** Where the list of recent projects lies. */
  readonly userFolder: string;
}

export type ToHost =
  | { readonly kind: 'start'; readonly options: HostOptions }
  | { readonly kind: 'request'; readonly id: number; readonly name: RequestName; readonly input: unknown }
  /** Comes with a port on which the interface hears all events. */
  | { readonly kind: 'listen' }
  | { readonly kind: 'stop' };

export type FromHost =
  | { readonly kind: 'answer'; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly ok: false; readonly error: ErrorReport }
  | { readonly kind: 'stopped' };

export type HostEvent = { readonly [N in EventName]: { readonly name: N; readonly event: Events[N] } }[EventName];

/**
 * Every channel between the interface's preload script and the shell, with the schema of its one argument: the list
 * of handlers, the types and the fuzz target in one place. Pure.
 */
import * as v from 'valibot';
import { requests, type RequestName } from '../src/project/contract';
import { externalPages } from './bridge';

const title = v.pipe(v.string(), v.maxLength(200));
const fileName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(200),
  // A name, not a way to somewhere else.
  // eslint-disable-next-line no-control-regex
  v.regex(/^[^\u0000-\u001f/\\]+$/, 'A file name has no slashes.'),
);
const extension = v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,16}$/, 'An extension is a few letters and digits.'));

export const requestNames = Object.keys(requests) as RequestName[];

export const channels = {
  /** `input` is checked against the named request's own schema afterwards. */
  request: v.object({ name: v.picklist(requestNames), input: v.optional(v.unknown()) }),
  /** The interface has loaded and wants the services' events. */
  listen: v.undefined(),
  pickFolder: v.object({ title }),
  pickFiles: v.object({ title, extensions: v.pipe(v.array(extension), v.maxLength(32)) }),
  savePath: v.object({ title, defaultName: fileName }),
  /** Sent by the preload script alone, which takes the path from a File that the browser made. */
  dropped: v.object({ path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)) }),
  preferences: v.undefined(),
  changePreferences: v.object({
    theme: v.optional(v.picklist(['system', 'light', 'dark'])),
    language: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{2,35}$/))),
    zoom: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(3))),
  }),
  openExternal: v.object({ page: v.picklist(externalPages) }),
} as const;

export type Channel = keyof typeof channels;
export type ChannelInput<C extends Channel> = v.InferOutput<(typeof channels)[C]>;

/** As the channel is called on the wire between the processes. */
export const wireName = (channel: Channel): string => `dormouse:${channel}`;

/** What the shell sends without being asked. */
export const eventsPortChannel = 'dormouse:events-port';
export const shellEventChannel = 'dormouse:shell-event';

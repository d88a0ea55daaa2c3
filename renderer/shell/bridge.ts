/** What the window is given: declared by the shell, which puts it on `window.dormouse`. Types only. */
export type { DormouseBridge, MenuCommand, ShellEvent } from '../../electron/bridge';

/**
 * The application menu. What concerns the project is carried out by the interface, which is told the command's name;
 * its shortcuts are shown here and, except on macOS, pressed there, so that text fields keep their own undo.
 */
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from './bridge';

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly devTools: boolean;
  readonly onCommand: (command: MenuCommand) => void;
}

type Item = MenuItemConstructorOptions;
const line: Item = { type: 'separator' };

export function menuTemplate({ platform, devTools, onCommand }: MenuOptions): Item[] {
  const mac = platform === 'darwin';
  const command = (label: string, name: MenuCommand, accelerator?: string): Item => ({
    id: name,
    label,
    accelerator,
    registerAccelerator: mac,
    click: () => onCommand(name),
  });
  return [
    ...(mac ? [{ role: 'appMenu' } as Item] : []),
    {
      label: '&File',
      submenu: [
        command('New project …', 'project.new', 'CmdOrCtrl+N'),
        command('Open project …', 'project.open', 'CmdOrCtrl+O'),
        command('Open the example', 'project.example'),
        command('Close project', 'project.close'),
        line,
        command('Import recordings …', 'data.import', 'CmdOrCtrl+I'),
        command('Export recordings …', 'data.export', 'CmdOrCtrl+E'),
        line,
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        command('Undo', 'edit.undo', 'CmdOrCtrl+Z'),
        command('Redo', 'edit.redo', mac ? 'Shift+Cmd+Z' : 'Ctrl+Y'),
        line,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        line,
        { role: 'togglefullscreen' },
        ...(devTools ? [line, { role: 'reload' } as Item, { role: 'toggleDevTools' } as Item] : []),
      ],
    },
    { role: 'windowMenu' },
    { label: '&Help', role: 'help', submenu: [command('Keys', 'help.keys')] },
  ];
}

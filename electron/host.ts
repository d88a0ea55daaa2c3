/** Entry of the services' process: the same services as the command line's, behind a port of Electron's. */
import type { UtilityProcess } from 'electron';
import { createServices } from '../src/project';
import { serve, type ParentPortLike } from './host-loop';

/** Electron puts this on `process` in a utility process only. */
const { parentPort } = process as unknown as { parentPort: ParentPortLike & UtilityProcess };

serve(parentPort, createServices, () => process.exit(0));

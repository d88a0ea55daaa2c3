/** The one error of recognition as it happens. */
import { DormouseError } from '../base';

/** `no-model`: nothing to run; `other-model`: not the one that the app knows; `refused`, `line-lost`: the board, the line. */
export type LiveErrorCode = 'no-model' | 'other-model' | 'refused' | 'line-lost';

export class LiveError extends DormouseError<LiveErrorCode> {}

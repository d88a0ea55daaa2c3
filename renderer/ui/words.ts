/** What the shared pieces say. */
export const uiWords = {
  tryAgain: 'Try again; if it happens again, please report it.',
  unknownProblem: 'Something went wrong.',
  dismiss: 'Dismiss',
  close: 'Close',
  cancel: 'Cancel',
  undo: 'Undo',
  timeLeft: (text: string) => `${text} left`,
  of: (done: string, total: string) => `${done} of ${total}`,
  loading: 'Loading',
};

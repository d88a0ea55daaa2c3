/** What each step in the rail wears, and which is the next useful one: a pure function of the project. */
import type { ProjectState, ScoreReport, StepState } from './contract';

export interface StepFacts {
  readonly captures: number;
  readonly labels: number;
  readonly testing: number;
  readonly trained: { readonly int8: ScoreReport | null; readonly stale: boolean } | null;
  readonly tested: boolean;
  readonly onBoard: boolean;
  readonly recognising: boolean;
  readonly window: string;
}

const percent = (value: number): string => `${Math.round(value * 1000) / 10} %`;

/** In a project about one kind of thing only, how right its two classes are says little. */
function scoreOf({ accuracy, labels, anomaly, objects }: ScoreReport): string {
  if (objects) return `${percent(objects.f1)} F1 int8`;
  if (anomaly && labels.includes('anomaly')) return `${percent(anomaly.auc)} AUC`;
  return `${percent(accuracy)} int8`;
}

export function stepStates(facts: StepFacts): readonly StepState[] {
  const enough = facts.labels >= 2 && facts.captures >= 4;
  const int8 = facts.trained?.int8 ?? null;
  const trainSummary = !facts.trained ? '' : int8 ? scoreOf(int8) : 'trained, no held-out score';
  const steps: Omit<StepState, 'next'>[] = [
    {
      step: 'capture',
      summary: facts.captures === 0 ? '' : `${facts.captures} captures, ${facts.labels} labels`,
      done: enough,
    },
    {
      step: 'data',
      summary: facts.captures === 0 ? '' : `${facts.testing} held out`,
      done: enough && facts.testing > 0,
    },
    { step: 'impulse', summary: facts.window, done: enough },
    {
      step: 'train',
      summary: facts.trained?.stale ? 'data changed since' : trainSummary,
      done: facts.trained !== null && !facts.trained.stale,
    },
    { step: 'test', summary: int8 ? `${int8.count} windows` : '', done: facts.tested },
    { step: 'fit', summary: facts.onBoard ? 'on the board' : '', done: facts.onBoard },
    { step: 'live', summary: facts.recognising ? 'recognising now' : '', done: false },
  ];
  const next = steps.find((step) => !step.done)?.step;
  return steps.map((step) => ({ ...step, next: step.step === next }));
}

export const closedProject: ProjectState = {
  open: false,
  name: '',
  folder: '',
  task: 'motion',
  labels: [],
  captures: 0,
  persons: [],
  sessions: [],
  steps: [],
  undo: '',
  redo: '',
  modelStale: false,
};

/** From a row of answers to one label, or to none: how what was never taught is left unnamed. */

/** Stands for "none of the labels", in rows to learn from (one-vs-rest) as in decisions. */
export const noLabel = -1;

/**
 * The likeliest label if its answer reaches the threshold, else `noLabel`. Of a one-vs-rest model 0.5 is the natural
 * threshold; of a softmax model a high one only means that no other label is likelier. NaN is never a label.
 */
export function decide(answers: ArrayLike<number>, threshold: number): number {
  let best = noLabel;
  for (let label = 0; label < answers.length; label++)
    if (answers[label] >= threshold && (best === noLabel || answers[label] > answers[best])) best = label;
  return best;
}

/** decide() for `answers.length / labels` rows, as predict() gives them. */
export function decideRows(answers: ArrayLike<number>, labels: number, threshold: number): Int32Array {
  const rows = Math.floor(answers.length / labels);
  return Int32Array.from({ length: rows }, (_, row) =>
    decide(
      Array.from({ length: labels }, (_, label) => answers[row * labels + label]),
      threshold,
    ),
  );
}

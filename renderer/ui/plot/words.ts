export const plotWords = {
  trimStart: 'Start of the part that is used',
  trimEnd: 'End of the part that is used',
};

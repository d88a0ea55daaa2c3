/** What the explorer's benchmark drives, as one module. */
export { prepareCapture } from '../../src/dataset/store';
export { formatNotes, newId } from '../../src/dataset/notes';
export { generateGesture, gestureNames } from '../../src/link';
export { exploreProject, Project } from '../../src/project';

export type * from './spec';

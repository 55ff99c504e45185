export { type Asked, describeOwner, type Header, newHeader } from './header.ts'
export { findUnfinished, type Unfinished } from './unfinished.ts'
export { type Journal, startJournal } from './write.ts'

/** The transport owns the type, so that imports point one way. */
export type { Connection } from '../transport/connection.ts'

/**
 * Heartbeat must be in no way alive: one that is starting, stopping or reloading may move resources at any
 * moment. After a failure nothing runs any more that could.
 */
export function mustBeStopped(text: string): string[] {
  const state = text.trim()
  return state === 'inactive' || state === 'failed' ? [] : [`heartbeat is ${state || 'in an unknown state'}`]
}

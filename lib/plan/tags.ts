/**
 * Whether a task runs, as Ansible decides it (playbook/taggable.py of ansible-core 2.14): `always` runs unless
 * it is skipped by name, `never` runs only where one of the task's tags is asked for by name; `all`, `tagged` and
 * `untagged` mean what they say.
 */
export function isSelected(
  own: readonly string[],
  only: readonly string[] = ['all'],
  skip: readonly string[] = [],
): boolean {
  const tags = own.length > 0 ? own : ['untagged']
  return isWanted(tags, only) && !isSkipped(tags, skip)
}

function isWanted(tags: readonly string[], only: readonly string[]): boolean {
  if (tags.includes('always') || tags.some((tag) => only.includes(tag))) return true
  if (tags.includes('never')) return false
  return only.includes('all') || (only.includes('tagged') && isTagged(tags))
}

function isSkipped(tags: readonly string[], skip: readonly string[]): boolean {
  if (skip.includes('all')) return !tags.includes('always') || skip.includes('always')
  return tags.some((tag) => skip.includes(tag)) || (skip.includes('tagged') && isTagged(tags))
}

function isTagged(tags: readonly string[]): boolean {
  return !tags.includes('untagged')
}

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const script = readFileSync('playbooks/templates/end-of-copy', 'utf8')

/** What is called when a copy has ended, while drbdadm pauses it with this exit code. */
function ended(pause: number) {
  const { run, calls } = sandbox({
    sleep: '',
    logger: 'cat >/dev/null',
    drbdadm: `[ "$1" = resume-sync ] || exit ${pause}`,
  })
  run(`DRBD_RESOURCE=r0; ${script}\nwait`)
  return calls(/sleep|drbdadm/)
}

test('the end of a copy is told again once the connection is sure to have said all', () => {
  expect(ended(0)).toEqual(['sleep 11', 'drbdadm pause-sync r0', 'drbdadm resume-sync r0'])
})

test('a copy that a person has paused stays so', () => {
  expect(ended(10)).toEqual(['sleep 11', 'drbdadm pause-sync r0'])
})

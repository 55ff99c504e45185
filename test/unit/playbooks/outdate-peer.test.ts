import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const TRIES = 4
const script = readFileSync('playbooks/templates/outdate-peer', 'utf8')
  .replace('{{programs}}/', '')
  .replace('{{deadtime}}', '10')

/** Says one word of its file at each call, and the last one for ever. */
const NEXT = 'read -r word rest <"$0.words"; [ -z "$rest" ] || echo "$rest" >"$0.words"'

/** How the script ends, what it does first, and how often it asked dopd, which answers so while heartbeat says so of the peer. */
function outdate(answers: string, peer: string) {
  const { folder, run, calls } = sandbox({
    'drbd-peer-outdater': `${NEXT}; exit $word`,
    cl_status: `${NEXT}; echo $word`,
    sleep: '',
  })
  run(`echo ${answers} >'${folder}/drbd-peer-outdater.words'; echo ${peer} >'${folder}/cl_status.words'`)
  const { exitCode } = run(`DRBD_PEER=node2; ${script}`)
  return { exitCode, asked: calls(/outdater/).length, first: calls(/outdater|sleep/)[0] }
}

test.each([
  ['that has outdated its copy', '4', 'active', 4, 1],
  ['that is dead, which dopd is not asked', '4', 'dead', 5, 0],
  ['that has just died', '20', 'active active dead', 5, 2],
  ['that lives, while dopd is started again', '5 4', 'active', 4, 2],
  ['that lives, where there is no dopd', '5', 'active', 1, TRIES],
  ['of which heartbeat says nothing', '5', '', 1, TRIES],
])('a peer %s', (_, answers, peer, exitCode, asked) => {
  // A peer that has not noticed the loss yet would say that it is outdated, and be it not.
  const first = asked > 0 ? 'sleep 15' : undefined
  expect(outdate(answers, peer)).toEqual({ exitCode, asked, first })
})

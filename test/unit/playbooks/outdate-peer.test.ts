import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const TRIES = 4
const template = readFileSync('playbooks/templates/outdate-peer', 'utf8')
  .replace('{{programs}}/', '')
  .replace('{{deadtime}}', '10')
  .replace('{{minor}}', '0')
const script = template.replace('{{fenced}}', '')

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

describe('with fencing, a primary whose writes DRBD holds', () => {
  const LINE = ' 0: cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown C s-----'
  const DEAD = { dopd: '4', peer: 'dead' }

  /** The node at the second 1000 since its boot; sleep takes no time, and after 50 s DRBD is connected again. */
  function hold({ dopd, peer, reset }: { dopd: string; peer: string; reset?: number }, line = LINE) {
    const { folder, run, calls } = sandbox({
      'drbd-peer-outdater': `${NEXT}; exit $word`,
      cl_status: `${NEXT}; echo $word`,
      sleep: `cd "\${0%/*}"
        read -r up <uptime
        echo $((up + $1)) >uptime
        [ "$up" -lt 1050 ] || echo '${LINE.replace('Primary/Unknown', 'Primary/Secondary')}' >drbd`,
    })
    const write = (name: string, words: string) => run(`printf '%s\\n' '${words}' >'${folder}/${name}'`)
    write('drbd-peer-outdater.words', dopd)
    write('cl_status.words', peer)
    write('uptime', '1000')
    write('drbd', line)
    if (reset) write('fenced', `${reset}`)
    const program = template
      .replace('{{fenced}}', `${folder}/fenced`)
      .replaceAll('/proc/drbd', `${folder}/drbd`)
      .replaceAll('/proc/uptime', `${folder}/uptime`)
    const { exitCode, stderr } = run(`DRBD_PEER=node2; ${program}`)
    return { exitCode, stderr, asked: calls(/outdater/).length, slept: calls(/^sleep/).length }
  }

  test.each([
    ['goes on when it has had its silent peer reset', { ...DEAD, reset: 1001 }, 7, 0],
    ['goes on where that was before DRBD noticed', { ...DEAD, reset: 990 }, 7, 0],
    ['waits for the reset of a peer that heartbeat calls dead', DEAD, 1, 0],
    ['does not take an earlier reset for this one', { ...DEAD, reset: 900 }, 1, 0],
    [
      'does not take a reset for the death of a peer that is heard',
      { dopd: '5', peer: 'active', reset: 1001 },
      1,
      8,
    ],
    ['goes on when the copy of a peer that is heard is outdated', { dopd: '5 4', peer: 'active' }, 4, 2],
    ['waits where heartbeat says nothing', { dopd: '5', peer: '', reset: 1001 }, 1, 8],
  ])('%s', (_, state, exitCode, asked) => {
    expect(hold(state)).toMatchObject({ exitCode, asked, stderr: '' })
  })

  test('a standby that shall be promoted is asked for no reset: heartbeat has had it done', () => {
    const secondary = LINE.replace('Primary', 'Secondary').replace('s-----', 'r-----')
    expect(hold(DEAD, secondary)).toMatchObject({ exitCode: 5, slept: 0 })
  })
})

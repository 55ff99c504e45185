import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const TRIES = 4
const template = readFileSync('playbooks/templates/outdate-peer', 'utf8')
  .replace('{{programs}}/', '')
  .replace('{{deadtime}}', '10')
  .replace('{{minor}}', '0')
const script = template.replace('{{reset}}', '')

/** Says one word of its file at each call, and the last one for ever. */
const NEXT = 'read -r word rest <"$0.words"; [ -z "$rest" ] || echo "$rest" >"$0.words"'

const LINE = ' 0: cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown C s-----'

/** How the script ends without fencing, what it does first, and how often it asked dopd, which answers so while heartbeat says so of the peer. */
function outdate(answers: string, peer: string) {
  const { folder, run, calls } = sandbox({
    'drbd-peer-outdater': `${NEXT}; exit $word`,
    cl_status: `${NEXT}; echo $word`,
    sleep: '',
  })
  run(`echo ${answers} >'${folder}/drbd-peer-outdater.words'; echo ${peer} >'${folder}/cl_status.words'`)
  run(`echo '${LINE.replace(' s-', ' r-')}' >'${folder}/drbd'`)
  const { exitCode } = run(`DRBD_PEER=node2; ${script.replaceAll('/proc/drbd', `${folder}/drbd`)}`)
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
  /** How it ends for a node that DRBD connects again after 40 s, where the device resets nothing but the peer, and only if it `resets`. */
  function hold(
    { dopd = '5', peer, resets = 'no' }: { dopd?: string; peer: string; resets?: string },
    line = LINE,
  ) {
    const { folder, run, calls } = sandbox({
      'drbd-peer-outdater': `${NEXT}; exit $word`,
      cl_status: `${NEXT}; echo $word`,
      device: `${NEXT}; [ "$*/$word" = 'reset node2/yes' ]`,
      sleep: `echo second >>"$0.all"
        [ "$(grep -c . "$0.all")" -lt 40 ] || echo '${LINE.replace('/Unknown', '/Secondary')}' >"\${0%/*}/drbd"`,
    })
    const write = (name: string, words: string) => run(`printf '%s\\n' '${words}' >'${folder}/${name}'`)
    write('drbd-peer-outdater.words', dopd)
    write('cl_status.words', peer)
    write('device.words', resets)
    write('drbd', line)
    const program = template.replace('{{reset}}', 'device reset').replaceAll('/proc/drbd', `${folder}/drbd`)
    const { exitCode, stderr } = run(`DRBD_PEER=node2; ${program}`)
    return { exitCode, stderr, calls: calls(/outdater|device|sleep/) }
  }
  const counted = (state: Parameters<typeof hold>[0]) => {
    const { calls, ...said } = hold(state)
    const count = (about: RegExp) => calls.filter((call) => about.test(call)).length
    return { ...said, asked: count(/outdater/), reset: count(/device/), seconds: count(/sleep/) }
  }

  test.each([
    [
      'goes on when it has had a peer reset that has died',
      { peer: 'active active active dead', resets: 'yes' },
      7,
      0,
      1,
      2,
    ],
    [
      'has one reset later that had no heartbeat yet when it was lost',
      { peer: 'dead', resets: 'yes' },
      7,
      0,
      1,
      15,
    ],
    ['asks the device until it has reset the peer', { peer: 'active dead', resets: 'no no yes' }, 7, 0, 3, 2],
    ['waits where the device resets nobody, until DRBD is connected', { peer: 'active dead' }, 1, 0, 40, 40],
    [
      'goes on when the copy of a peer that is heard is outdated',
      { dopd: '5 4', peer: 'active' },
      4,
      2,
      0,
      20,
    ],
    ['waits where heartbeat says nothing', { peer: '', resets: 'yes' }, 1, 5, 0, 40],
  ])('%s', (_, state, exitCode, asked, reset, seconds) => {
    expect(counted(state)).toEqual({ exitCode, asked, reset, seconds, stderr: '' })
  })

  test('a standby that shall be promoted has nobody reset: heartbeat has done it', () => {
    const secondary = LINE.replace('Primary', 'Secondary').replace('s-----', 'r-----')
    expect(hold({ peer: 'dead' }, secondary)).toMatchObject({ exitCode: 5, calls: [] })
  })
})

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PlanFile } from '../../lib/apply/index.ts'
import { play } from '../../lib/plan/index.ts'
import { readPlan, writePlan } from '../../lib/play/plan-file.ts'
import { block, handler } from '../../lib/resource/index.ts'
import { copy, fetch, file, reboot } from '../../lib/resources/index.ts'
import { Secret } from '../../lib/secret.ts'
import { raw, sh } from '../../lib/shell/sh.ts'
import { at, type Hosts, line, run } from '../support/converge.ts'

const plays =
  (word = 'x') =>
  (hosts: Hosts) => [
    play('p', hosts, ({ name }) => [
      line(at(`${name}.1`), word, { notify: handler('h', raw('true')) }),
      ...block('b', { tasks: [line(at(`${name}.2`), 'y')], rescue: [line(at(`${name}.3`), 'z')] }),
    ]),
  ]

async function plan(what = plays()) {
  let found: PlanFile | undefined
  const { exitCode } = await run(what, { check: true, onPlan: (one) => (found = one) })
  if (!found) throw new Error('no plan was made')
  return { exitCode, plan: found }
}

async function apply(planned: PlanFile, what = plays()) {
  const { exitCode, errors } = await run(what, { planned })
  return { exitCode, message: errors.map(({ message }) => message).join('\n') }
}

describe('a plan', () => {
  it('is the same, byte for byte, for the same state, and nothing is changed by it', async () => {
    const [one, two] = [await plan(), await plan()]
    writePlan(at('one.json'), one.plan)
    writePlan(at('two.json'), two.plan)
    expect(readFileSync(at('one.json'), 'utf8')).toBe(readFileSync(at('two.json'), 'utf8'))
    expect(readPlan(at('one.json'))).toEqual(one.plan)
    expect(one.plan.hosts.a?.map(({ id, outcome }) => `${id.split('/').at(-1)} ${outcome}`)).toEqual([
      'a.1 would-change',
      'a.2 would-change',
      'a.3 skipped',
    ])
    expect(existsSync(at('a.1'))).toBe(false)
  })

  it('is done as long as it holds', async () => {
    const { plan: made } = await plan()
    expect(await apply(made)).toEqual({ exitCode: 0, message: '' })
    expect(readFileSync(at('b.2'), 'utf8')).toBe('y\n')
  })

  it.each([
    ['the state of a host', plays(), () => writeFileSync(at('a.2'), 'y\n'), 'a.2 was would-change'],
    [
      'what it would be changed from',
      plays(),
      () => writeFileSync(at('b.1'), 'other\n'),
      'now would-change (word: other → x)',
    ],
    ['a wish', plays('other'), () => {}, 'a.1'],
    [
      'a task that is gone',
      (hosts: Hosts) => plays()(hosts.slice(0, 1)),
      () => {},
      'it is not there any more',
    ],
  ])('is refused, task by task, once something else would be done: %s', async (_, what, change, said) => {
    const { plan: made } = await plan()
    change()
    const { exitCode, message } = await apply(made, what)
    expect(exitCode).toBe(3)
    expect(message).toContain(said)
    expect(existsSync(at('a.1'))).toBe(false)
  })

  it('is refused for a task that it does not know', async () => {
    const { plan: made } = await plan((hosts) => plays()(hosts.slice(0, 1)))
    const { exitCode, message } = await apply(made)
    expect(exitCode).toBe(3)
    expect(message).toContain('b: line')
    expect(message).toContain('is not in the plan')
  })

  describe('of what the controller does beside a script', () => {
    const errands = (hosts: Hosts) => [
      play('p', hosts.slice(0, 1), () => [
        copy({ from: at('source'), path: at('copied') }),
        fetch({ from: at('copied'), to: at('fetched') }),
      ]),
    ]

    it('holds for a file that is brought and one that is fetched', async () => {
      writeFileSync(at('source'), 'one')
      writeFileSync(at('copied'), 'before')
      const { plan: made } = await plan(errands)
      expect(made.hosts.a?.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
        'copy would-change',
        'fetch would-change',
      ])
      expect([existsSync(at('fetched')), readFileSync(at('copied'), 'utf8')]).toEqual([false, 'before'])
      expect(await apply(made, errands)).toEqual({ exitCode: 0, message: '' })
      expect(readFileSync(at('fetched'), 'utf8')).toBe('one')
    })

    it('is refused once the file to bring is another', async () => {
      writeFileSync(at('source'), 'one')
      const { plan: made } = await plan(errands)
      writeFileSync(at('source'), 'two')
      expect((await apply(made, errands)).exitCode).toBe(3)
      expect(existsSync(at('copied'))).toBe(false)
    })

    it('knows a restart, and does not begin one that the plan does not know', async () => {
      const restarts = (hosts: Hosts) => [
        play('p', hosts.slice(0, 1), () => [reboot({ why: 'x', needed: sh`[ -e ${at('asks')} ]` })]),
      ]
      const { plan: made } = await plan(restarts)
      expect(made.hosts.a).toMatchObject([{ kind: 'reboot', outcome: 'ok' }])
      writeFileSync(at('asks'), '')
      expect((await plan(restarts)).plan.hosts.a).toMatchObject([{ outcome: 'would-change' }])
      expect(await apply(made, restarts)).toMatchObject({
        exitCode: 3,
        message: expect.stringContaining('reboot x was ok; now would-change'),
      })
    })
  })

  it('holds no secret, nor a hash of one that a guess could meet', async () => {
    const secret = new Secret('plan-password', 'plan-hunter2')
    const wants = (content: Secret) => (hosts: Hosts) => [
      play('p', hosts.slice(0, 1), () => [file({ path: at('secret'), content })]),
    ]
    writeFileSync(at('secret'), 'plan-hunter1')
    const { plan: made } = await plan(wants(secret))
    writePlan(at('plan.json'), made)
    const text = readFileSync(at('plan.json'), 'utf8')
    expect(text).not.toMatch(/hunter|[0-9a-f]{64} →|→ [0-9a-f]{64}/)
    const { exitCode, message } = await apply(made, wants(new Secret('plan-password', 'plan-hunter3')))
    expect({ exitCode, message }).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('another wish'),
    })
  })

  it.each([
    ['is none', '{}', 'this is no plan'],
    ['cannot be read', '{', 'JSON'],
  ])('that %s is told before any host is contacted', (_, content, said) => {
    writeFileSync(at('plan.json'), content)
    expect(() => readPlan(at('plan.json'))).toThrow(said)
  })

  it('that somebody has edited is refused', async () => {
    const { plan: made } = await plan()
    writePlan(at('plan.json'), { ...made, playbook: 'other' })
    expect(() => readPlan(at('plan.json'))).toThrow('the plan was changed after it was written')
  })
})

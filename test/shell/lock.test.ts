import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { raw } from '../../lib/shell/sh.ts'
import type { LockStep, Step } from '../../lib/shell/step.ts'
import type { Session } from '../../lib/transport/session.ts'
import { frames, SHELLS, useShells } from '../support/shells.ts'

describe.each(SHELLS)('$name', ({ command }) => {
  const { open, at } = useShells(command)
  const state = (name: string) => at(`runsheet/${name}`)
  const lock = (run: string, ...resumes: string[]): LockStep => ({
    kind: 'lock',
    run,
    resumes,
    owner: `me ${run}`,
  })
  const ask = (text: string): Step => ({ kind: 'ask', name: 'q', run: raw(text) })
  const change = (text: string): Step => ({
    kind: 'fused',
    number: 7,
    needs: [],
    probe: raw(`cat ${at('file')} 2>/dev/null || true`),
    expected: 'new',
    notify: [],
    apply: raw(text),
  })
  const tell = async (session: Session, ...steps: Step[]) =>
    (await frames(session, steps)).map(({ words }) => words.join(' '))

  test('one run has the target for itself, and gives it back when its shell ends', async () => {
    const [one, other] = [await open(), await open()]
    expect(await tell(one, lock('one'), ask('true'))).toEqual(['lock 0', 'ask q 0'])
    const refused = await frames(other, [lock('other'), ask('touch never'), change('touch never')])
    expect(refused.map(({ words }) => words.join(' '))).toEqual(['lock 2'])
    expect(refused[0]?.stdout).toMatch(/^\d+\.\d+\.[0-9a-f-]{36} one me one$/)
    await one.close()
    expect(existsSync(state('lock'))).toBe(false)
    expect(await tell(other, lock('other'))).toEqual(['lock 0'])
  })

  test('shells of one run share it', async () => {
    const shells = await Promise.all([open(), open(), open()])
    const marks = await Promise.all(shells.map((shell) => tell(shell, lock('one'))))
    expect(marks).toEqual([['lock 0'], ['lock 0'], ['lock 0']])
    await shells[0]?.close()
    expect(await tell(await open(), lock('other'))).toEqual(['lock 2'])
    await Promise.all(shells.map((shell) => shell.close()))
    expect(existsSync(state('lock'))).toBe(false)
  })

  test.each([
    ['a dead process', 'PID.START.BOOT', '999999999.1.BOOT'],
    ['a process of another boot', 'PID.START.BOOT', 'LIVING.START.11111111-2222-3333-4444-555555555555'],
    ['a process id that was given again', 'PID.START.BOOT', 'LIVING.7.BOOT'],
  ])('the lock of %s is broken', async (_, whole, name) => {
    const one = await open()
    const [frame] = await frames(one, [ask('echo $$')])
    const pid = frame?.stdout.trim() ?? ''
    await tell(one, lock('one'))
    const [mine = ''] = readdirSync(state('lock'))
    const [, start = '', boot = ''] = /^\d+\.(\d+)\.(.*)$/.exec(mine) ?? []
    expect(mine).toBe(whole.replace('PID', pid).replace('START', start).replace('BOOT', boot))
    await one.close()
    const stale = name.replace('LIVING', String(process.pid)).replace('START', start).replace('BOOT', boot)
    const two = await open()
    await tell(two, ask(`mkdir ${state('lock')}; echo old me >${join(state('lock'), stale)}`))
    expect(await tell(two, lock('other'))).toEqual(['lock 0'])
    expect(readdirSync(state('lock'))).not.toContain(stale)
  })

  test('a shell that was killed while it made the lock is no obstacle', async () => {
    const one = await open()
    expect(await tell(one, ask(`mkdir -p ${state('lock')}`), lock('one'))).toEqual(['ask q 0', 'lock 0'])
  })

  test('a change outlives its shell, and the lock with it', async () => {
    const one = await open()
    const text = `touch ${at('began')}; while [ ! -e ${at('go')} ]; do sleep 0.1; done; echo new > ${at('file')}`
    const lost = tell(one, lock('one'), change(text)).catch((error) => error.code)
    while (!existsSync(at('began'))) await new Promise((resolve) => setTimeout(resolve, 20))
    const [holder = ''] = readdirSync(state('lock'))
    process.kill(Number(holder.split('.')[0]), 'SIGKILL')
    expect(await lost).toBe('E_CONNECTION_LOST')
    expect(await tell(await open(), lock('other'))).toEqual(['lock 2'])
    const resumed = frames(await open(), [lock('three', 'one'), change('touch never')])
    writeFileSync(at('go'), '')
    const [held, probed] = await resumed
    expect(held?.words).toEqual(['lock', '0'])
    expect(held?.stdout).toMatch(/^run one\nbegin 7 \d+\.\d+\.[0-9a-f-]{36}\n$/)
    expect(probed?.stdout).toBe('new')
  })

  test('the run that is resumed finishes the step in hand and no more', async () => {
    const one = await open()
    const began = tell(
      one,
      lock('one'),
      change(`touch ${at('began')}; sleep 0.5; echo new > ${at('file')}`),
      ask(`touch ${at('never')}`),
    )
    while (!existsSync(at('began'))) await new Promise((resolve) => setTimeout(resolve, 20))
    const resumed = tell(await open(), lock('two', 'one'))
    expect(await began).toEqual(['lock 0', 'probe 7 0', 'apply 7 0', 'verify 7 0'])
    expect(await resumed).toEqual(['lock 0'])
    expect(existsSync(at('never'))).toBe(false)
    expect(readFileSync(state('journal'), 'utf8')).toBe('run two\n')
  })

  test('where none can be made, both streams say why', async () => {
    writeFileSync(at('runsheet'), 'a file where the folder should be\n')
    const [frame, ...more] = await frames(await open(), [lock('one'), ask('true')])
    expect(frame?.words).toEqual(['lock', '1'])
    expect(frame?.stderr).toMatch(/mkdir/)
    expect(more).toEqual([])
  })

  test('the journal tells what began and how it ended', async () => {
    await tell(await open(), lock('one'), change(`echo new > ${at('file')}`))
    const lines = readFileSync(state('journal'), 'utf8').split('\n')
    expect(lines).toEqual(['run one', expect.stringMatching(/^begin 7 \d+\.\d+\./), 'end 7 0', ''])
  })
})

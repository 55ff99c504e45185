import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FusedStep, Step } from '../../lib/shell/prelude.ts'
import { raw } from '../../lib/shell/sh.ts'
import type { Session } from '../../lib/transport/session.ts'
import { frames, openFolder, openShell, SHELLS } from '../support/shells.ts'

// A busy machine is slow, not wrong.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

describe.each(SHELLS)('$name', ({ command }) => {
  let session: Session
  let folder: string
  beforeEach(async () => {
    folder = openFolder()
    session = await openShell(command, folder)
  })
  afterEach(() => session.close())

  const at = (name: string) => join(folder, name)
  const owed = (id: string) => existsSync(join(folder, 'runsheet/notify', id))
  const pending: Step = { kind: 'pending' }
  const handler = (id: string, text: string): Step => ({ kind: 'handler', id, run: raw(text) })

  /** Wants the word `new` in a file. */
  const fused = (changes: Partial<FusedStep> = {}): FusedStep => ({
    kind: 'fused',
    number: 7,
    needs: [],
    probe: raw(`cat ${at('file')} 2>/dev/null || true`),
    expected: 'new',
    notify: [],
    apply: raw(`echo new > ${at('file')}; echo applied; echo quietly >&2`),
    ...changes,
  })

  /** What a batch tells, and nothing more: its marks, each with what was said before it. */
  const tell = async (...steps: Step[]) => {
    const said = await frames(session, steps)
    return said.map(({ words, stdout }) => [words.join(' '), stdout.trim()].filter(Boolean).join(': '))
  }

  describe('probe', () => {
    const probe = (text: string, more: { when?: string; needs?: string[] } = {}): Step => ({
      kind: 'probe',
      number: 1,
      needs: more.needs ?? [],
      when: more.when === undefined ? undefined : raw(more.when),
      probe: raw(text),
    })

    test.each([
      ['runs', probe('echo state'), 'probe 1 0: state'],
      ['fails', probe('echo part; exit 4'), 'probe 1 4: part'],
      [
        'runs where its condition holds, whose output is not the state',
        probe('echo state', { when: 'echo yes' }),
        'probe 1 0: state',
      ],
      ['is left out where it does not', probe('echo state', { when: 'exit 1' }), 'when 1 1'],
      ['tells that a condition cannot be told', probe('echo state', { when: 'exit 75' }), 'when 1 75'],
      [
        'cannot tell without its command',
        probe('echo state', { needs: ['sh', 'nowhere-to-be-found'] }),
        'probe 1 75',
      ],
      [
        'asks the condition first',
        probe('echo state', { when: 'false', needs: ['nowhere-to-be-found'] }),
        'when 1 1',
      ],
    ])('%s', async (_, step, mark) => {
      expect(await tell(step, probe('echo next'))).toEqual([mark, 'probe 1 0: next'])
    })

    test('names each command that is not there', async () => {
      const [frame] = await frames(session, [probe('true', { needs: ['no-such-one', 'sh', 'no-such-two'] })])
      expect(frame?.stderr).toBe('no-such-one is not installed\nno-such-two is not installed\n')
    })
  })

  describe('fused', () => {
    test('leaves alone what is as wanted', async () => {
      writeFileSync(at('file'), 'new\n')
      expect(await tell(fused({ apply: raw('exit 1'), notify: ['h'] }), pending)).toEqual([
        'probe 7 0: new',
        'pending 0',
      ])
    })

    test('changes what is not, and proves it', async () => {
      const said = await frames(session, [fused(), fused()])
      expect(said.map(({ words }) => words.join(' '))).toEqual([
        'probe 7 0',
        'apply 7 0',
        'verify 7 0',
        'probe 7 0',
      ])
      expect(said[1]).toMatchObject({ stdout: 'applied\n', stderr: 'quietly\n' })
      expect(said[2]).toMatchObject({ stdout: 'new', stderr: '' })
    })

    test.each<[string, Partial<FusedStep>, string[]]>([
      ['the probe fails', { probe: raw('exit 2') }, ['probe 7 2']],
      ['a command is missing', { needs: ['no-such-one'] }, ['probe 7 75']],
      ['the condition cannot be told', { when: raw('exit 75') }, ['when 7 75']],
      ['the apply fails', { apply: raw('exit 3') }, ['probe 7 0', 'apply 7 3']],
      [
        'the apply is no shell text',
        { apply: raw('if') },
        ['probe 7 0', `apply 7 ${command === 'mksh' ? 1 : 2}`],
      ],
      [
        'a line of the apply fails',
        { apply: raw('echo one; false; echo two') },
        ['probe 7 0', 'apply 7 1: one'],
      ],
      ['the apply changes nothing', { apply: raw('true') }, ['probe 7 0', 'apply 7 0', 'verify 7 0']],
      ['the guard refuses', { recheck: raw('echo no >&2; exit 5') }, ['probe 7 0', 'recheck 7 5']],
    ])('halts when %s', async (_, changes, marks) => {
      const said = await tell(fused(changes), fused(), handler('h', 'echo ran'), pending, {
        kind: 'ask',
        name: 'q',
        run: raw('true'),
      })
      expect(said).toEqual(marks)
      expect(existsSync(at('file'))).toBe(false)
    })

    test('does not halt where the condition says no, nor after the batch', async () => {
      expect(await tell(fused({ when: raw('exit 1') }), pending)).toEqual(['when 7 1', 'pending 0'])
      expect(await tell(fused({ apply: raw('false') }), pending)).toEqual(['probe 7 0', 'apply 7 1'])
      expect(await tell(pending)).toEqual(['pending 0'])
    })

    test('passes a guard that holds', async () => {
      expect(await tell(fused({ recheck: raw('echo fine') }))).toEqual([
        'probe 7 0',
        'apply 7 0: applied',
        'verify 7 0: new',
      ])
    })

    test('compares text, not patterns or operators', async () => {
      for (const state of ['*', '!', '(', '-n', 'a  b', 'a\nb', "it's $HOME"]) {
        const probe = raw(`cat ${at('state')}`)
        writeFileSync(at('state'), `${state}\n\n`)
        expect(await tell(fused({ probe, expected: state }))).toHaveLength(1)
        expect((await tell(fused({ probe, expected: `${state}x` }))).length).toBe(3)
      }
    })
  })

  describe('handlers', () => {
    test('run once where they are owed, and are forgotten after success', async () => {
      const said = await tell(
        fused({ notify: ['restart', 'reload'] }),
        handler('restart', 'echo ran'),
        handler('other', 'echo no'),
        pending,
      )
      expect(said.slice(3)).toEqual(['handler restart 0: ran', 'pending 0: reload'])
      expect(await tell(handler('restart', 'echo again'), pending)).toEqual(['pending 0: reload'])
    })

    test('are owed before the apply, and stay so when it fails', async () => {
      const look = `ls ${at('runsheet/notify')}; exit 1`
      expect(await tell(fused({ notify: ['restart'], apply: raw(look) }))).toEqual([
        'probe 7 0',
        'apply 7 1: restart',
      ])
      expect(owed('restart')).toBe(true)
    })

    test('are not owed where a guard refuses', async () => {
      await tell(fused({ notify: ['restart'], recheck: raw('false') }))
      expect(owed('restart')).toBe(false)
    })

    test('stay owed when they fail, in any of their lines, and halt', async () => {
      await tell(fused({ notify: ['restart'] }))
      expect(await tell(handler('restart', 'false; true'), pending)).toEqual(['handler restart 1'])
      expect(owed('restart')).toBe(true)
      expect(await tell(handler('restart', 'true'), pending)).toEqual(['handler restart 0', 'pending 0'])
      expect(owed('restart')).toBe(false)
    })

    test('nothing is applied when they cannot be noted', async () => {
      writeFileSync(at('runsheet'), 'in the way')
      expect(await tell(fused({ notify: ['restart'] }), pending)).toEqual(['probe 7 0', 'apply 7 1'])
      expect(existsSync(at('file'))).toBe(false)
      expect(readFileSync(at('runsheet'), 'utf8')).toBe('in the way')
    })
  })
})

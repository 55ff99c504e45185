import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { raw } from '../../lib/shell/sh.ts'
import type { BlockStep, FusedStep, Step } from '../../lib/shell/step.ts'
import type { Session } from '../../lib/transport/session.ts'
import { frames, openFolder, openShell, SHELLS } from '../support/shells.ts'

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

  describe('blocks', () => {
    const block = (at: BlockStep['at'], id = 1, failed = false): Step => ({ kind: 'block', at, id, failed })
    const say = (word: string, rc = 0): Step =>
      fused({ number: Number(word), probe: raw('true'), expected: 'x', apply: raw(`exit ${rc || 1}`) })
    const fine = (word: string): Step => fused({ number: Number(word), probe: raw('echo x'), expected: 'x' })
    const marks = async (...steps: Step[]) =>
      (await tell(...steps)).map((mark) => mark.replace(/:.*| 0$| 0:.*/g, ''))

    test('leave a rescue alone that nobody needs', async () => {
      const steps = [block('open'), fine('1'), block('rescue'), fine('2'), block('always'), fine('3')]
      expect(await marks(...steps, block('close'), fine('4'))).toEqual([
        'probe 1',
        'always 1',
        'probe 3',
        'probe 4',
      ])
    })

    test('go on behind a rescue, and not behind a failure without one', async () => {
      const failing = ['probe 1', 'apply 1 1']
      const rescued = [
        block('open'),
        say('1'),
        fine('9'),
        block('rescue'),
        fine('2'),
        block('close'),
        fine('3'),
      ]
      expect(await marks(...rescued)).toEqual([...failing, 'rescue 1', 'probe 2', 'probe 3'])
      const lost = [block('open'), say('1'), block('always'), fine('2'), block('close'), fine('3'), pending]
      expect(await marks(...lost)).toEqual([...failing, 'always 1', 'probe 2'])
      expect(await marks(...lost, { kind: 'afresh' }, fine('4'))).toEqual([
        ...failing,
        'always 1',
        'probe 2',
        'probe 4',
      ])
    })

    test('nest, and one behind a failure is not entered', async () => {
      const inner = [
        block('open', 2),
        fine('3'),
        block('rescue', 2),
        fine('4'),
        block('always', 2),
        fine('5'),
      ]
      const steps = [block('open'), say('1'), ...inner, block('close', 2), block('rescue'), fine('6')]
      expect(await marks(...steps, block('close'))).toEqual(['probe 1', 'apply 1 1', 'rescue 1', 'probe 6'])
    })

    test('know what an earlier batch has seen fail', async () => {
      const steps = [block('open', 1, true), block('rescue'), fine('1'), block('close'), fine('2')]
      expect(await marks(...steps)).toEqual(['rescue 1', 'probe 1', 'probe 2'])
      const lost = [block('open', 1, true), block('always'), fine('1'), block('close'), fine('2')]
      expect(await marks(...lost)).toEqual(['always 1', 'probe 1'])
    })
  })

  describe('retries', () => {
    const grow = `echo x >> ${'{}'}; [ $(wc -l < ${'{}'}) -ge 3 ]`
    const text = () => raw(grow.replaceAll('{}', at('file')))

    test('run in the same batch, with set -e in force each time', async () => {
      const retry = { retries: 4, delay: 0 }
      const said = await tell(
        fused({ probe: raw(`wc -l < ${at('file')} || echo 0`), expected: '3', apply: text(), retry }),
      )
      expect(said.map((mark) => mark.replace(/:.*/, ''))).toEqual([
        'probe 7 0',
        'retry 7 1',
        'retry 7 1',
        'apply 7 0',
        'verify 7 0',
      ])
    })

    test('end, and the next task has none', async () => {
      const retry = { retries: 1, delay: 0, until: raw('exit 4') }
      expect((await tell(fused({ retry }))).map((mark) => mark.replace(/:.*/, ''))).toEqual([
        'probe 7 0',
        'apply 7 0',
        'retry 7 4',
        'apply 7 0',
        'until 7 4',
      ])
      expect(await tell(fused({ expected: 'other', apply: raw('exit 5') }))).toEqual([
        'probe 7 0: new',
        'apply 7 5',
      ])
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

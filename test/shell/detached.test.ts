import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { jobOf, probeOf } from '../../lib/probe/look.ts'
import { defineResource } from '../../lib/resource/index.ts'
import { raw } from '../../lib/shell/sh.ts'
import type { Step } from '../../lib/shell/step.ts'
import { frames, SHELLS, useShells } from '../support/shells.ts'

describe.each(SHELLS)('$name', ({ command }) => {
  const { open, at } = useShells(command)
  const lock = (run: string): Step => ({ kind: 'lock', run, resumes: [], owner: 'me' })
  const long = (text: string): Step => {
    const task = defineResource<string>({
      kind: 'long',
      id: (id) => id,
      probe: () => raw(`cat ${at('file')} 2>/dev/null || true`),
      expect: () => ({ word: 'new' }),
      apply: () => raw(text),
    })('one', { detached: true })
    const { needs, apply } = task
    return {
      kind: 'fused',
      number: 7,
      needs,
      probe: probeOf(task),
      expected: 'word new',
      notify: [],
      apply,
      detached: jobOf(task),
    }
  }
  const jobs = () => (existsSync(at('runsheet/jobs')) ? readdirSync(at('runsheet/jobs')) : [])
  const begins = () => readFileSync(at('begun'), 'utf8')
  const until = async (name: string) => {
    while (!existsSync(at(name))) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** A shell that is killed while its detached change waits for the file `go`. */
  const lose = async (text: string) => {
    const one = await open()
    const lost = frames(one, [lock('one'), long(text)]).catch((error) => error.code)
    await until('begun')
    const [holder = ''] = readdirSync(at('runsheet/lock'))
    process.kill(Number(holder.split('.')[0]), 'SIGKILL')
    expect(await lost).toBe('E_CONNECTION_LOST')
  }
  const slow = (end: string) =>
    `echo run >> ${at('begun')}; while [ ! -e ${at('go')} ]; do sleep 0.1; done; echo out; echo err >&2; ${end}`

  test('tells its end as any other change, and leaves nothing behind', async () => {
    const said = await frames(await open(), [long(`echo out; echo err >&2; echo word new > ${at('file')}`)])
    expect(said.map(({ words, stdout, stderr }) => [words.join(' '), stdout, stderr])).toEqual([
      ['probe 7 0', '', ''],
      ['apply 7 0', 'out\n', 'err\n'],
      ['verify 7 0', 'word new', ''],
    ])
    expect(jobs()).toEqual([])
  })

  test('fails with its exit code, and can be tried again', async () => {
    const one = await open()
    const said = await frames(one, [long('echo why >&2; exit 3')])
    expect(said.at(-1)).toMatchObject({ words: ['apply', '7', '3'], stderr: 'why\n' })
    const again = await frames(one, [long(`echo word new > ${at('file')}`)])
    expect(again.at(-1)?.words).toEqual(['verify', '7', '0'])
  })

  test('outlives its shell; the next session finds it, waits for it and begins no second one', async () => {
    await lose(slow(`echo word new > ${at('file')}`))
    const next = frames(await open(), [long(`echo second >> ${at('begun')}`)])
    setTimeout(() => writeFileSync(at('go'), ''), 500)
    const said = await next
    expect(said.map(({ words, stdout, stderr }) => [words.join(' '), stdout, stderr])).toEqual([
      ['probe 7 0', 'an earlier change is still at work', ''],
      ['apply 7 0', 'out\n', 'err\n'],
      ['verify 7 0', 'word new', ''],
    ])
    expect(begins()).toBe('run\n')
    expect(jobs()).toEqual([])
  })

  test('what failed after the loss is told by the next session, once', async () => {
    await lose(slow('exit 4'))
    writeFileSync(at('go'), '')
    while (!jobs().some((job) => existsSync(at(`runsheet/jobs/${job}/code`))))
      await new Promise((resolve) => setTimeout(resolve, 20))
    const two = await open()
    const said = await frames(two, [long(`echo second >> ${at('begun')}`)])
    expect(said.at(-1)).toMatchObject({ words: ['apply', '7', '4'], stdout: 'out\n', stderr: 'err\n' })
    expect(begins()).toBe('run\n')
    const third = await frames(two, [long(`echo word new > ${at('file')}`)])
    expect(third.at(-1)?.words).toEqual(['verify', '7', '0'])
  })
})

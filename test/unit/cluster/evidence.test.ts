import { expect, test } from 'vitest'
import { examine } from '../../../lib/cluster/evidence.ts'
import type { Answer } from '../../../lib/resource/contract.ts'

const answer = (exitCode: number, stdout: string, stderr = ''): Answer => ({ exitCode, stdout, stderr })
const mustBeEmpty = (text: string) => (text === '' ? [] : [`it says ${text}`])

test.each<[string, Record<string, Answer> | undefined, string[]]>([
  ['a good answer', { disk: answer(0, '') }, []],
  ['a bad answer', { disk: answer(0, 'ext4') }, ['a: it says ext4']],
  ['an answer to another question', { other: answer(0, '') }, ['a was not heard on its disk']],
  ['no host', undefined, ['a did not answer']],
  ['exit 1', { disk: answer(1, '', 'why\n') }, ['a cannot tell its disk (exit 1: why)']],
  ['exit 2', { disk: answer(2, 'said\n') }, ['a cannot tell its disk (exit 2: said)']],
  ['exit 137', { disk: answer(137, '') }, ['a cannot tell its disk (exit 137: no message)']],
])('%s', (_, answers, reasons) => {
  const evidence = new Map(Object.entries({ ...(answers && { a: answers }), b: { disk: answer(0, '') } }))
  expect(examine(evidence, 'a', { disk: mustBeEmpty })).toEqual(reasons)
})

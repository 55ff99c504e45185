import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Secret, type Shell, sh, text } from '../../lib/index.ts'
import type { Task } from '../../lib/resource/contract.ts'
import * as resources from '../../lib/resources/index.ts'
import { index, page } from './page.ts'
import { readResources } from './read-resources.ts'

// The pages are made from the sources: `npm run reference` writes them, and this tells whether they are current.

const PAGES = new URL('../../docs/resources/', import.meta.url).pathname
const found = readResources()

/** What an example may name beside the resources. */
const SCOPE = { ...resources, sh, text, key: new Secret('key', 'k3y-of-the-example') }

function runExample(code: string): Task {
  return new Function(...Object.keys(SCOPE), `return ${code}`)(...Object.values(SCOPE)) as Task
}

function errandTexts({ errand }: Task): Shell[] {
  if (errand?.kind === 'upload') return [errand.receive]
  if (errand?.kind === 'download') return [errand.send]
  return errand ? [errand.boot] : []
}

describe.each(found)('$name', (resource) => {
  it('has an example that is a wish without a problem, in shell text that a shell can read', () => {
    const task = runExample(resource.example ?? '')
    expect(task.problems).toEqual([])
    for (const { text } of [task.probe, task.apply, ...errandTexts(task)]) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
  })

  it('says what it is, and what every field means', () => {
    expect(resource.text).not.toBe('')
    const silent = resource.fields.filter(
      ({ text, type }) => text === '' && !/^(boolean|'[^']*'( \| '[^']*')*)$/.test(type),
    )
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  it('has a page that is current', async () => {
    await expect(page(resource, runExample(resource.example ?? ''))).toMatchFileSnapshot(
      `${PAGES}${resource.name}.md`,
    )
  })
})

it('lists them all, and nothing that is gone', async () => {
  await expect(index(found)).toMatchFileSnapshot(`${PAGES}README.md`)
  expect(readdirSync(PAGES).sort()).toEqual(['README.md', ...found.map(({ name }) => `${name}.md`)].sort())
})

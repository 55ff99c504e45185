import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import * as lab from '../../../lab/index.ts'
import { sql } from '../../lab/two-pairs.ts'

vi.mock('../../../lab/index.ts')

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-'))
  writeFileSync(join(folder, 'nagios.password'), 'correct-horse\n')
  vi.mocked(lab.asItIs.up).mockResolvedValue({ inventory: join(folder, 'inventory.yml') })
  vi.mocked(lab.ssh).mockResolvedValue({ code: 0, stdout: '4711\n', stderr: '' })
})

test("the application's password is no word of a command, neither here nor in the guest", async () => {
  expect(await sql('app1', 'SELECT id FROM proof')).toBe('4711')
  const [, command, options] = vi.mocked(lab.ssh).mock.calls[0] ?? []
  expect(command).not.toContain('correct-horse')
  expect(options).toEqual({ input: 'correct-horse\n' })
})

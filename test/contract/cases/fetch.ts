import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetch } from '../../../lib/resources/index.ts'
import { lines, sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { HOSTILE } from '../host.ts'

const folder = mkdtempSync(join(tmpdir(), 'runsheet-fetched-'))
const FROM = '/srv/contract/fetch'

/** What changes there is brought again, and stays changed: test/container/streams.test.ts shows it. */
export const cases: readonly ContractCase[] = [
  {
    name: 'a file of the host',
    machine: 'debian',
    prepare: lines([
      sh`mkdir -p ${FROM}; echo content > ${FROM}/file`,
      ...HOSTILE.map((name) => sh`echo x > ${`${FROM}/${name}`}`),
    ]),
    task: () => fetch({ from: `${FROM}/file`, to: join(folder, 'file') }),
    drift: [],
    hostile: (name) => fetch({ from: `${FROM}/${name}`, to: join(folder, name) }),
  },
]

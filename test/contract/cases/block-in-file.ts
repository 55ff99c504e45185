import { blockInFile } from '../../../lib/resources/index.ts'
import { Secret } from '../../../lib/secret.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { HOSTILE } from '../host.ts'

const FOLDER = '/srv/contract/blocks'
const PATH = `${FOLDER}/exports`
const marker = '# {mark} runsheet $(touch owned)'

export const cases: readonly ContractCase[] = [
  {
    name: 'after lines of others',
    machine: 'debian',
    prepare: sh`mkdir -p ${FOLDER}; printf 'a\\n\\nb\\n' > ${PATH}; chmod 0640 ${PATH}`,
    task: () => blockInFile({ path: PATH, marker, block: HOSTILE.join('\n') }),
    drift: [{ field: 'block', by: sh`sed -i 's/rf$/fr/' ${PATH}` }],
    hostile: (name) => blockInFile({ path: `${FOLDER}/${name}`, marker, block: name }),
  },
  {
    name: 'with a secret',
    machine: 'debian',
    prepare: sh`mkdir -p ${FOLDER}`,
    task: () => blockInFile({ path: `${FOLDER}/secret`, marker, block: new Secret('key', `'"$HOME" \\0`) }),
    drift: [{ field: 'block', by: sh`sed -i 2d ${`${FOLDER}/secret`}` }],
  },
]

import { readFileSync } from 'node:fs'
import { archive } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

/** Three files with hostile names that belong to user 1000, and a link. */
const TAR = new URL('../files/app.tar.gz', import.meta.url)
/** Two of them. */
const ZIP = new URL('../files/app.zip', import.meta.url)

const PATH = '/srv/archive/app'
const SOURCE = '/srv/archive/source.zip'
const ZIP_SUM = '7e22c9273d38fdf1e953480727c186579dc418f318421cc919e56af0230df707'

export const cases: readonly ContractCase[] = [
  {
    name: 'tar of the controller, below files that are there',
    machine: 'debian',
    prepare: sh`mkdir -p ${`${PATH}/bin`}; echo old > ${`${PATH}/bin/run`}; echo kept > ${`${PATH}/kept`}`,
    task: () => archive({ path: PATH, file: TAR, strip: 1 }),
    drift: [
      { field: 'files', by: sh`echo drifted > ${`${PATH}/bin/run`}` },
      { field: 'files', by: sh`rm ${`${PATH}/ünï/-rf`}` },
    ],
    hostile: (name) => archive({ path: `/srv/archive/${name}`, file: TAR }),
  },
  {
    name: 'zip of the target',
    machine: 'debian',
    prepare: sh`
      mkdir -p /srv/archive
      echo ${readFileSync(ZIP).toString('base64')} | base64 -d > ${SOURCE}
    `,
    task: () => archive({ path: `${PATH}-zip`, source: SOURCE, sha256: ZIP_SUM }),
    drift: [{ field: 'files', by: sh`: > ${`${PATH}-zip/app-1.0/bin/run`}` }],
  },
]

import { aptRepository } from '../../../lib/resources/index.ts'
import { lines, sh } from '../../../lib/shell/sh.ts'
import { toText, writeText } from '../../../lib/shell/text.ts'
import type { ContractCase } from '../case.ts'
import { SIGNED_ARCHIVE } from '../signed-archive.ts'

const SOURCE = '/etc/apt/sources.list.d/signed.sources'
const KEY = '/etc/apt/keyrings/signed.asc'

export const cases: readonly ContractCase[] = [
  {
    name: 'signed by a key of its own',
    machine: 'debian',
    prepare: lines([
      sh`mkdir -p /srv/signed`,
      sh`: > /srv/signed/Packages`,
      writeText(toText(SIGNED_ARCHIVE.inRelease), '/srv/signed/InRelease'),
    ]),
    task: () =>
      aptRepository({ name: 'signed', uris: ['file:/srv/signed'], suites: ['./'], key: SIGNED_ARCHIVE.key }),
    drift: [
      { field: 'source', by: sh`echo '# drifted' >> ${SOURCE}` },
      { field: 'key', by: sh`rm ${KEY}` },
    ],
    hostile: (name) => aptRepository({ name, uris: ['file:/srv/deb'], suites: ['./'], trusted: true }),
  },
  {
    name: 'absent',
    machine: 'debian',
    prepare: sh`echo Types: deb-src > /etc/apt/sources.list.d/gone.sources`,
    task: () => aptRepository({ name: 'gone', absent: true }),
    drift: [{ field: 'source', by: sh`echo Types: deb-src > /etc/apt/sources.list.d/gone.sources` }],
  },
]

import { locale } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const DEFAULT = '/etc/default/locale'

export const cases: readonly ContractCase[] = [
  {
    name: 'as the default of the system',
    machine: 'debian',
    prepare: sh`echo 'LC_TIME=C' > ${DEFAULT}`,
    task: () => locale({ name: 'de_AT.UTF-8', systemDefault: true }),
    // An archive of locales that was made again holds other bytes.
    drift: [{ field: 'default', by: sh`sed -i 's/^LANG=.*/LANG="C"/' ${DEFAULT}` }],
  },
]

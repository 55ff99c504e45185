import { knownHost } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import { ECDSA, ED25519, OTHER_ED25519 } from '../../support/keys.ts'
import type { ContractCase } from '../case.ts'

const PATH = '/srv/known/known_hosts'

export const cases: readonly ContractCase[] = [
  {
    name: 'with two keys beside other hosts',
    machine: 'debian',
    prepare: sh`
      mkdir -p /srv/known
      { echo '# mine'; echo ${`node2,node1,node3 ${OTHER_ED25519}`}; echo ${`*.org ${OTHER_ED25519}`}; } > ${PATH}
      echo ${`@revoked node1 ${OTHER_ED25519}`} >> ${PATH}
    `,
    task: () => knownHost({ host: 'Node1', keys: [ED25519, ECDSA], path: PATH }),
    drift: [
      { field: 'ssh-ed25519', by: sh`sed -i '/^node1 ssh-ed25519/d' ${PATH}` },
      { field: 'ecdsa-sha2-nistp256', by: sh`sed -i '/^node1 ecdsa/d' ${PATH}` },
      { field: 'others', by: sh`echo ${`node1 ${OTHER_ED25519}`} >> ${PATH}` },
    ],
    hostile: (name) => knownHost({ host: 'node1', keys: ED25519, path: `/srv/known/${name}` }),
  },
  {
    name: 'with hashed names',
    machine: 'debian',
    prepare: sh`
      mkdir -p /srv/known
      { echo ${`[node1]:2222 ${OTHER_ED25519}`}; echo ${`node9 ${ECDSA}`}; } > ${`${PATH}.hashed`}
      ssh-keygen -H -f ${`${PATH}.hashed`}
      rm ${`${PATH}.hashed.old`}
    `,
    task: () => knownHost({ host: 'node1', port: 2222, keys: ED25519, path: `${PATH}.hashed`, hashed: true }),
    drift: [],
  },
  {
    name: 'absent in a hashed file',
    machine: 'debian',
    prepare: sh`
      mkdir -p /srv/known
      { echo ${`node9 ${ECDSA}`}; echo ${`node1 ${ED25519}`}; } > ${`${PATH}.gone`}
      ssh-keygen -H -f ${`${PATH}.gone`}
      rm ${`${PATH}.gone.old`}
    `,
    task: () => knownHost({ host: 'node1', keys: [], path: `${PATH}.gone`, absent: true }),
    drift: [{ field: 'others', by: sh`echo ${`node1 ${OTHER_ED25519}`} >> ${`${PATH}.gone`}` }],
  },
]

import { command } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const FOLDER = '/srv/contract/commands'
const make = (name: string) => {
  const path = `${FOLDER}/${name}`
  return command({ name, run: sh`echo made > ${path}`, unless: sh`echo noise; [ -e ${path} ]` })
}

export const cases: readonly ContractCase[] = [
  {
    name: 'with the question that tells whether it is done',
    machine: 'debian',
    prepare: sh`mkdir -p ${FOLDER}`,
    task: () => make('one'),
    drift: [{ field: 'done', by: sh`rm ${`${FOLDER}/one`}` }],
    hostile: make,
  },
]

import { symlink } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase, Refusal } from '../case.ts'

const FOLDER = '/srv/contract/links'
const PATH = `${FOLDER}/link`

export const cases: readonly ContractCase[] = [
  {
    name: 'that turns from a directory to another',
    machine: 'debian',
    prepare: sh`mkdir -p ${`${FOLDER}/old`}; ln -s old ${PATH}`,
    task: () => symlink({ path: PATH, target: 'new $(touch owned)' }),
    drift: [{ field: 'target', by: sh`ln -sfn old ${PATH}` }],
    hostile: (name) => symlink({ path: `${FOLDER}/${name}`, target: name }),
  },
]

export const refusals: readonly Refusal[] = [
  {
    name: 'to remove a directory that holds something',
    machine: 'debian',
    prepare: sh`mkdir -p ${`${FOLDER}/full`}; : > ${`${FOLDER}/full/file`}`,
    task: () => symlink({ path: `${FOLDER}/full`, target: 'new' }),
    reason: /full is a directory in the place of a link/,
  },
]

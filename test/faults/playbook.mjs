import { definePlaybook, defineResource, handler, play, run, sh, z } from 'runsheet'

// Twenty tasks and two handlers, each of which can be held where the test wants it: see hosts.ts.

/**
 * Stops here once, if the test has armed this point of this host, until the test lets go.
 *
 * @param {string} folder
 * @param {string} name
 */
const point = (folder, name) => sh`
  if [ -e ${`${folder}/armed-${name}`} ]; then
    rm ${`${folder}/armed-${name}`}
    echo $$ > ${`${folder}/reached.new`}
    mv ${`${folder}/reached.new`} ${`${folder}/reached`}
    while [ -e ${`${folder}/hold`} ]; do sleep 0.1; done
  fi`

/**
 * A file with its number. A change is half done for a while, as changes are. The look ahead comes before any change of
 * the run, and so its probes are held by no point.
 */
const numbered = defineResource({
  kind: 'numbered',
  /** @param {{ folder: string, number: number }} want */
  id: ({ number }) => String(number),
  probe: ({ folder, number }) => sh`
    [ ! -e ${number === 1 ? `${folder}/state/runsheet/lock` : `${folder}/file-${number - 1}`} ] || ${point(folder, `boundary-${number - 1}`)}
    word=
    [ ! -e ${`${folder}/file-${number}`} ] || read -r word < ${`${folder}/file-${number}`}
    echo "word $word"`,
  expect: ({ number }) => ({ word: `done-${number}` }),
  apply: ({ folder, number }) => sh`
    echo half > ${`${folder}/file-${number}`}
    ${point(folder, `inside-${number}`)}
    echo ${`done-${number}`} > ${`${folder}/file-${number}`}`,
})

/**
 * @param {string} folder
 * @param {string} name
 * @param {number} after
 */
const counted = (folder, name, after) =>
  handler(
    name,
    sh`
    ${point(folder, `boundary-${after}`)}
    echo run >> ${`${folder}/handler-${name}`}`,
  )

/** @param {string} folder */
const tasks = (folder) => {
  const [first, second] = [counted(folder, 'first', 20), counted(folder, 'second', 21)]
  return Array.from({ length: 20 }, (_, index) =>
    numbered({ folder, number: index + 1 }, { notify: [[first], [second], []][index % 3] ?? [] }),
  )
}

await run(
  definePlaybook({
    name: 'faults',
    description: 'Twenty tasks that a test interrupts.',
    hosts: 'all',
    vars: z.strictObject({ folder: z.string() }),
    plays: (hosts) => [play('twenty tasks', hosts, ({ vars }) => tasks(vars.folder))],
  }),
)

#!/usr/bin/env zx
// The playbook of the benches: so many small files on every host.
import { definePlaybook, play, run, z } from 'runsheet'
import { file } from 'runsheet/resources'

await run(
  definePlaybook({
    name: 'files',
    description: 'Writes small files.',
    hosts: 'all',
    vars: z.strictObject({ folder: z.string(), count: z.int() }),
    plays: (hosts) => [
      play('files', hosts, ({ name, vars }) =>
        Array.from({ length: vars.count }, (_, index) =>
          file({ path: `${vars.folder}/${name}.${index}`, content: `the file ${index} of ${name}\n` }),
        ),
      ),
    ],
  }),
)

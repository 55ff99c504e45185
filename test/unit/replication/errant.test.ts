import { expect, test } from 'vitest'
import { findUnsaved } from '../../../lib/replication/errant.ts'
import { sandbox } from '../playbooks/sandbox.ts'

test('what a replica applies while both servers are asked is no transaction of its own', () => {
  // The source writes all the time, and the replica has each transaction at once: each answer is one further.
  const client = `
    at=$(dirname "$0")/at n=8
    [ ! -e "$at" ] || read -r n <"$at"
    echo $((n + 1)) >"$at"
    printf 'id: 1\\nstate: 0-1-%s\\nposition: \\n' "$n"`
  const { stdout } = sandbox({ mariadb: client }).run(`${findUnsaved({}).text}\necho "unsaved: $unsaved"`)
  expect(stdout).toBe('unsaved: \n')
})

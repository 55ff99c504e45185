import { join } from 'node:path'
import { expect } from 'vitest'
import { play } from '../../lib/plan/index.ts'
import { following, replica, seed } from '../../lib/replication/index.ts'
import type { Condition, Task } from '../../lib/resource/contract.ts'
import { type Hosts, run } from './converge.ts'
import { type Node, other, type Pair, startPair } from './mariadb-pair.ts'

// Two real servers under the engine: what a playbook does to one of them.

/** Runs tasks on a node, each in a play of its own: a word for each outcome, and what each error said here and there. */
export async function runOn(pair: Pair, node: Node, tasks: readonly Task[]) {
  const plays = (hosts: Hosts) =>
    tasks.map((task) =>
      play(
        task.name,
        hosts.filter(({ name }) => name === node),
        () => [pair.onNode(task)],
      ),
    )
  const ran = await run(plays, { hosts: 'node1 node2', tools: join(pair.folder, 'bin') })
  return {
    ...ran,
    outcomes: ran.outcomes.map((one) => one.split(' ').at(-1) ?? ''),
    errors: ran.errors.map(({ message, details }) => `${message}\n${details.remote?.stderr ?? ''}`),
  }
}

/** One guard for both nodes, as in the playbook: they are judged together. */
const fit = following({ nodes: ['node1', 'node2'] })

/** The task by which a node follows the other one. */
export const follow = (pair: Pair, node: Node, when?: Condition): Task =>
  replica({ source: pair.source(other(node)) }, { guard: fit, ...(when && { when }) })

/** A table with transactions and one without; for `startReplicating`. */
export const TWO_ENGINES = `CREATE DATABASE app;
  CREATE TABLE app.safe (id INT PRIMARY KEY AUTO_INCREMENT, said TEXT) ENGINE=InnoDB;
  CREATE TABLE app.fast (id INT PRIMARY KEY) ENGINE=MyISAM;
  INSERT INTO app.safe (said) VALUES ('one'), ('two'); INSERT INTO app.fast VALUES (1)`

/** Two servers of which node1 takes the writes, with what these statements have made there, and node2 follows it. */
export async function startReplicating(statements: string): Promise<Pair> {
  const pair = await startPair()
  pair.node1.query(`SET GLOBAL read_only = 0; ${statements}; SET GLOBAL read_only = 1`)
  const first = [seed({ source: pair.source('node1') }), follow(pair, 'node2')]
  expect((await runOn(pair, 'node2', first)).errors).toEqual([])
  expect(pair.promote('node1', 'start')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('the database takes writes here'),
  })
  return pair
}

// What masters and slaves need of each other. Checked before any host is contacted.
import { applicationOf } from '../applications.mjs'
import { byCluster } from '../cluster.mjs'
import { violation } from '../rules.mjs'

/** @typedef {import('./variables.mjs').Slave} Slave */
/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('runsheet').RuleViolation} Violation */

/** @type {(nodes: readonly Node[]) => Violation[]} */
export function mastersHaveTheirUser(nodes) {
  return nodes.flatMap((node) => {
    const { masters } = node.vars
    if (!masters || applicationOf(node.vars)?.users.some(({ name }) => name === masters.user)) return []
    return [violation(node, ['masters', 'user'], `the application has no user ${masters.user}`)]
  })
}

/** @type {(nodes: readonly Node[], slaves: readonly Slave[]) => Violation[]} */
export function mastersAndSlaves(nodes, slaves) {
  const [first] = nodes
  const clusters = byCluster(nodes.filter(({ vars }) => vars.masters))
  if (first && clusters.length !== 1)
    return [
      violation(first, ['masters'], `one cluster has the variable masters, here are ${clusters.length}`),
    ]
  const owners = new Map(nodes.map(({ name, vars }) => [vars.address, name]))
  return slaves.flatMap((slave) => {
    const owner = owners.get(slave.vars.address)
    owners.set(slave.vars.address, slave.name)
    const message = `${slave.vars.address} is also the address of ${owner}`
    return owner === undefined ? [] : [{ host: slave.name, path: ['address'], message }]
  })
}

import { describe, expect, it } from 'vitest'
import { faults } from '../../../../lab/drills/faults.ts'
import { matrix } from '../../../../lab/drills/matrix.ts'
import { witnessOf } from '../../../../lab/drills/run/lab-ground.ts'
import { clustersAmong, clustersOf, rowsOf } from '../../../../lab/drills/scene.ts'
import { walk } from '../../../../lab/drills/walk.ts'
import { loadTopology } from '../../../../lab/topology/load.ts'

const TOPOLOGIES = ['two-node', 'two-node-lun', 'replication', 'four-node', 'four-node-replication']

const rows = (topology: string) => rowsOf(clustersOf(loadTopology(topology).values))

describe('the matrix', () => {
  it('has for each topology what fits it', () => {
    const fitting = TOPOLOGIES.map(
      (topology) =>
        `${topology}: ${rows(topology)
          .map(({ name }) => name)
          .join(' ')}`,
    )
    expect(fitting).toMatchInlineSnapshot(`
      [
        "two-node: converge-again power-cut power-cut-standby reset graceful graceful-ten public-cable backbone-cable partition-unfenced freeze-unfenced one-way-loss delay-and-loss drbd-port disk-error full-disk kill-database kill-nagios clock-jump update foreign-key foreign-uid both-off-active-first both-off-standby-first",
        "two-node-lun: converge-again power-cut power-cut-standby reset graceful graceful-ten public-cable backbone-cable partition-fenced freeze-fenced one-way-loss delay-and-loss full-disk kill-database kill-nagios clock-jump update foreign-key foreign-uid both-off-active-first both-off-standby-first",
        "replication: converge-again power-cut power-cut-standby reset graceful graceful-ten public-cable backbone-cable partition-unfenced freeze-unfenced one-way-loss delay-and-loss drbd-port disk-error full-disk kill-database kill-nagios broken-replica clock-jump update foreign-key foreign-uid both-off-active-first both-off-standby-first",
        "four-node: converge-again@database converge-again@application power-cut@database power-cut@application power-cut-standby@database power-cut-standby@application reset@database reset@application graceful@database graceful@application graceful-ten@database graceful-ten@application public-cable@database public-cable@application backbone-cable@database backbone-cable@application partition-fenced@database partition-unfenced@application freeze-fenced@database freeze-unfenced@application one-way-loss@database one-way-loss@application delay-and-loss@database delay-and-loss@application drbd-port@database drbd-port@application disk-error@database disk-error@application full-disk@database full-disk@application kill-database@database kill-nagios@application clock-jump@database clock-jump@application update@database update@application foreign-key@database foreign-key@application foreign-uid@application both-off-active-first@database both-off-active-first@application both-off-standby-first@database both-off-standby-first@application",
        "four-node-replication: converge-again@database converge-again@application power-cut@database power-cut@application power-cut-standby@database power-cut-standby@application reset@database reset@application graceful@database graceful@application graceful-ten@database graceful-ten@application public-cable@database public-cable@application backbone-cable@database backbone-cable@application partition-unfenced@database partition-unfenced@application freeze-unfenced@database freeze-unfenced@application one-way-loss@database one-way-loss@application delay-and-loss@database delay-and-loss@application drbd-port@application disk-error@application full-disk@application kill-database@database kill-nagios@application broken-replica@database clock-jump@database clock-jump@application update@database update@application foreign-key@database foreign-key@application foreign-uid@application both-off-active-first@database both-off-active-first@application both-off-standby-first@database both-off-standby-first@application",
      ]
    `)
  })

  it('reads the clusters from the inventory', () => {
    expect(clustersOf(loadTopology('four-node').values)).toMatchInlineSnapshot(`
      [
        {
          "deadtime": 40,
          "home": "db1",
          "initdead": 80,
          "mount": "/mnt/shared",
          "name": "database",
          "nodes": [
            "db1",
            "db2",
          ],
          "port": 7789,
          "resource": "r0",
          "traits": [
            "files",
            "drbd",
            "database",
            "mirrored",
            "fenced",
            "apt",
          ],
          "units": [
            "mariadb",
          ],
          "vip": "192.168.56.20",
        },
        {
          "deadtime": 40,
          "home": "app1",
          "initdead": 80,
          "mount": "/mnt/shared",
          "name": "application",
          "nodes": [
            "app1",
            "app2",
          ],
          "port": 7789,
          "resource": "r0",
          "traits": [
            "files",
            "drbd",
            "mirrored",
            "nagios",
            "unfenced",
            "apt",
          ],
          "units": [
            "nagios4",
            "apache2",
          ],
          "vip": "192.168.56.30",
        },
      ]
    `)
  })

  it('names no drill twice, and every fault is used', () => {
    const names = matrix.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const used = new Set(matrix.flatMap((drill) => drill.faults.map(({ fault }) => fault)))
    expect(Object.keys(faults).filter((fault) => !used.has(fault as never))).toEqual([])
  })
})

it('has what kills Nagios where the application is Nagios, and nowhere else', () => {
  const variables = { vip: { address: '192.0.2.10' }, fencing: 'none' }
  const names = (application: string) =>
    rowsOf(clustersAmong([['node1', { ...variables, application }]])).map(({ name }) => name)
  expect(names('nagios')).toContain('kill-nagios')
  expect(names('another')).not.toContain('kill-nagios')
})

it('wants a witness and its account before any machine is started', () => {
  expect(() => witnessOf(loadTopology('contract'))).toThrow(/^on the topology contract nobody outside/)
})

describe('a random walk', () => {
  it.each(TOPOLOGIES)('of %s is the same for the same seed', (topology) => {
    const names = (seed: number) => walk(rows(topology), 20, seed).map(({ name }) => name)
    expect(names(7)).toEqual(names(7))
    expect(names(7)).not.toEqual(names(8))
  })

  it('never takes a drill twice in a row, nor one that loses by definition', () => {
    const steps = walk(rows('replication'), 200, 1)
    expect(steps.filter((row, index) => row === steps[index - 1])).toEqual([])
    expect(steps.filter(({ drill }) => drill.expect.lost === 'victim')).toEqual([])
    expect(new Set(steps.map(({ name }) => name)).size).toBeGreaterThan(10)
  })

  it('is this one: who has noted a seed finds the same faults in a later version, or knows that they changed', () => {
    expect(walk(rows('replication'), 5, 7).map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "power-cut",
        "reset",
        "both-off-standby-first",
        "broken-replica",
        "disk-error",
      ]
    `)
  })

  it('needs something to choose from', () => {
    expect(() => walk([], 3, 7)).toThrow(RangeError)
  })
})

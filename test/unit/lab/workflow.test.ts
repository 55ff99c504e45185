import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { clustersOf, rowsOf } from '../../../lab/drills/scene.ts'
import { asset } from '../../../lab/project.ts'
import { loadTopology } from '../../../lab/topology/load.ts'

const { jobs } = parse(readFileSync('.github/workflows/ci.yml', 'utf8'))

test('by night every topology is drilled, and a walk is taken, each with a report of its own', () => {
  const { include } = jobs.drills.strategy.matrix as {
    include: { topology: string; flags?: string; walk?: string }[]
  }
  const topologies = readdirSync(asset('topologies'))
    .map((name) => name.replace('.yml', ''))
    .filter((name) => rowsOf(clustersOf(loadTopology(name).values)).length > 0)
  const whole = include.filter(({ flags }) => flags === undefined).map(({ topology }) => topology)
  expect(whole.toSorted()).toEqual(topologies.toSorted())
  expect(include.flatMap(({ flags }) => flags ?? [])).toEqual(['--random 20'])
  const reports = include.map(({ topology, walk = '' }) => `${topology}${walk}`)
  expect(new Set(reports).size).toBe(reports.length)
})

test('one red test by night hides none of the others', () => {
  for (const name of ['lab', 'drills']) {
    expect(jobs[name].strategy['fail-fast']).toBe(false)
    const runs = jobs[name].steps.filter(({ run = '' }) => run.startsWith('npm run'))
    expect(runs).toHaveLength(1)
  }
})

#!/usr/bin/env zx
// After a split brain: both copies have changes of their own, and those of the victim are given up. Who that is, a person
// says; an image of the victim's copy is kept aside first.
//
//   npx zx playbooks/resolve-split-brain.mjs -i inventory.yml -e victim=node2 --check   # what would be lost
//   npx zx playbooks/resolve-split-brain.mjs -i inventory.yml -e victim=node2
//   npx zx playbooks/resolve-split-brain.mjs -i inventory.yml -e victim=node2 -e keep=/mnt/usb    # or keep=none
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { groupOf } from './parts/cluster.mjs'
import { conclusion, questions } from './parts/conclusion.mjs'
import { mustBeNode } from './parts/named-node.mjs'
import { rules } from './parts/rules.mjs'
import { kept, lossQuestions, whatIsLost } from './parts/split-brain/loss.mjs'
import { resolution } from './parts/split-brain/plays.mjs'
import { mustBeReplicated, mustKeepElsewhere, splitQuestions, whyNot } from './parts/split-brain/split.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'resolve-split-brain',
  description:
    'Joins the two copies of a pair after a split brain: what the victim has written since is given up, after an image ' +
    'of its copy has been kept aside.',
  hosts: 'cluster',
  vars: variables.extend({
    victim: z
      .string({ error: 'say whose changes are given up: -e victim=NODE' })
      .describe('The node that loses what it has written since the split'),
    keep: z
      .union([z.literal('none'), z.string().regex(/^(\/[\w.+-]+)+$/)], {
        error: "an absolute path, or 'none'",
      })
      .default('/var/backups/split-brain')
      .describe("A folder on the victim for the image of its copy; 'none': nothing is kept"),
    interrupt: z
      .ipv4()
      .optional()
      .describe('The address of the service, where the victim is the node that holds it'),
  }),
  rules: [
    ...rules,
    (nodes) => mustBeNode(nodes, 'victim', nodes[0]?.vars.victim),
    mustBeReplicated,
    mustKeepElsewhere,
  ],
  facts: (node) => ({ ...questions(groupOf(node.vars)), ...splitQuestions(node), ...lossQuestions(node) }),
  preflight: whyNot,
  foreword: whatIsLost,
  plays: resolution,
  conclusion: (nodes) => [...kept(nodes), ...conclusion(nodes)],
  anyErrorsFatal: true,
})

await run(playbook, { lab: asItIs })

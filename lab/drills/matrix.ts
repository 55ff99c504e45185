import type { Drill, Expectation, Recovery } from './drill.ts'

// The acceptance matrix, row by row: which fault, what must be seen, and what brings the cluster back.

const rejoin: Recovery = { playbook: 'rejoin', extra: { node: 'idle' } }
// A source that was struck down may have what it had not yet sent, and nobody was told of.
const rejoinStruck: Recovery = { playbook: 'rejoin', extra: { node: 'idle', errant: 'discard' } }
// The files of the victim first, then its database, where that is one of its own.
const giveUp: Recovery[] = [
  { playbook: 'resolve-split-brain', extra: { victim: 'idle' }, needs: 'drbd' },
  rejoinStruck,
]

const moves = (seconds: number, lost: Expectation['lost'] = 'none'): Expectation => ({
  holder: 'moves',
  lost,
  seconds,
})
const stays = (seconds: number): Expectation => ({ holder: 'stays', lost: 'none', seconds })

// Until DRBD gives its peer up, it holds each write: ping-int and ping-timeout, 10.5 s by default (drbd.conf(5)).
const alone: Expectation = { ...stays(15), alone: true }
const splits: Expectation = { holder: 'two', lost: 'victim', seconds: 600 }

// What DRBD and heartbeat say of a split, where the drill makes one.
const split = [/Split-Brain detected/, /both machines own our resources/]

const move: Recovery = { playbook: 'switchover', extra: { to: 'idle' } }

/** All drills. Which of them fit a cluster is told by what they need. */
export const matrix: readonly Drill[] = [
  {
    name: 'converge-again',
    shows: 'the playbook that made the cluster finds nothing to change while it is used',
    needs: [],
    faults: [],
    hold: 0,
    expect: stays(10),
    recovery: [{ playbook: 'own', extra: {}, quiet: true }],
  },
  {
    name: 'power-cut',
    shows: 'the standby takes over from a node that lost its power, which comes back as the standby',
    needs: [],
    faults: [{ fault: 'power-cut', on: 'active' }],
    hold: 5,
    expect: moves(30, 'tail'),
    recovery: [rejoinStruck],
  },
  {
    name: 'power-cut-standby',
    shows: 'nothing moves when the standby loses its power',
    needs: [],
    faults: [{ fault: 'power-cut', on: 'standby' }],
    // With fencing nothing is written before the standby is dead, and has been reset.
    hold: 90,
    expect: alone,
    recovery: [rejoin],
  },
  {
    name: 'reset',
    shows:
      'a node that starts anew by itself comes back as the standby, or serves again, but never both at once',
    needs: [],
    faults: [{ fault: 'reset', on: 'active' }],
    hold: 5,
    expect: { holder: 'any', lost: 'tail', seconds: 180 },
    recovery: [rejoinStruck],
  },
  {
    name: 'graceful',
    shows: 'the service moves on purpose, and loses nothing',
    needs: [],
    faults: [{ fault: 'standby', on: 'active' }],
    hold: 5,
    expect: moves(10),
    recovery: [rejoin],
  },
  {
    name: 'graceful-ten',
    shows: 'an operator moves the service ten times, and nothing is lost',
    needs: [],
    faults: [],
    hold: 0,
    expect: { ...stays(10), moves: 10 },
    recovery: Array<Recovery>(10).fill(move),
  },
  {
    name: 'public-cable',
    shows: 'the node that has lost the network of the service gives it up',
    needs: [],
    faults: [{ fault: 'cable', on: 'active', network: 'public' }],
    hold: 5,
    expect: moves(30),
    recovery: [rejoin],
  },
  {
    name: 'backbone-cable',
    shows: 'without the link between the nodes nothing moves, and the copy of the standby catches up later',
    needs: [],
    faults: [{ fault: 'cable', on: 'active', network: 'backbone' }],
    hold: 60,
    expect: alone,
    evident: 'apart',
    recovery: [rejoin],
  },
  {
    name: 'partition-fenced',
    shows: 'of two nodes that do not hear each other one is turned off before the other one serves',
    needs: ['fenced'],
    faults: [{ fault: 'cable', on: 'active' }],
    hold: 120,
    expect: { holder: 'any', lost: 'tail', seconds: 40 },
    recovery: [rejoinStruck],
  },
  {
    name: 'partition-unfenced',
    shows: 'without fencing both nodes serve: this is expected, and what the victim wrote is lost, by list',
    needs: ['unfenced', 'mirrored'],
    faults: [{ fault: 'cable', on: 'standby' }],
    hold: 20,
    expect: splits,
    recovery: giveUp,
    allows: split,
  },
  {
    name: 'freeze-fenced',
    shows: 'a node that hangs is turned off, and comes back as the standby instead of writing on',
    needs: ['fenced'],
    faults: [{ fault: 'freeze', on: 'active' }],
    hold: 5,
    expect: moves(40, 'tail'),
    recovery: [rejoinStruck],
  },
  {
    name: 'freeze-unfenced',
    shows:
      'without fencing a node that hung comes back and serves beside the other one: expected, and reported',
    needs: ['unfenced', 'mirrored'],
    faults: [{ fault: 'freeze', on: 'active' }],
    hold: 10,
    expect: { holder: 'moves', lost: 'victim', seconds: 600 },
    recovery: giveUp,
    allows: split,
  },
  {
    name: 'one-way-loss',
    shows: 'packets that are lost in one direction on one link move nothing',
    needs: [],
    faults: [{ fault: 'one-way-loss', on: 'standby', network: 'backbone' }],
    hold: 60,
    expect: alone,
    evident: 'apart',
    recovery: [],
  },
  {
    name: 'delay-and-loss',
    shows: 'a slow link that loses packets makes writes slow and moves nothing',
    needs: [],
    faults: [{ fault: 'delay-and-loss', on: 'active', network: 'backbone' }],
    hold: 60,
    expect: stays(10),
    recovery: [],
  },
  {
    name: 'drbd-port',
    shows:
      'without the replication alone the active node goes on, and no older copy can be promoted; it catches up later',
    needs: ['drbd'],
    faults: [{ fault: 'drbd-port', on: 'standby' }],
    hold: 60,
    expect: alone,
    evident: 'outdated',
    refused: { playbook: 'switchover', extra: { to: 'idle' }, reason: /its disk is Outdated, not UpToDate/ },
    recovery: [],
  },
  {
    name: 'disk-error',
    shows: 'a node whose disk fails goes on with the copy of its peer',
    needs: ['drbd'],
    faults: [{ fault: 'disk-error', on: 'active' }],
    hold: 20,
    expect: stays(10),
    evident: 'diskless',
    recovery: [],
    allows: [/I.O error(,| on) dev (vd|sd|dm-)/],
  },
  {
    name: 'full-disk',
    shows: 'on a full disk nothing is acknowledged that is lost later',
    needs: ['files'],
    faults: [{ fault: 'full-disk', on: 'active' }],
    hold: 30,
    expect: { ...stays(60), waits: true },
    recovery: [],
    allows: [/No space left on device/],
  },
  {
    name: 'kill-database',
    shows: 'a database that is killed is back, here or there, with all that it acknowledged',
    needs: ['database'],
    faults: [{ fault: 'kill-database', on: 'active' }],
    hold: 30,
    expect: { holder: 'any', lost: 'none', seconds: 30 },
    evident: 'killed',
    recovery: [rejoin],
  },
  {
    name: 'kill-nagios',
    shows: 'a monitoring that is killed is back, here or there',
    needs: ['nagios'],
    faults: [{ fault: 'kill-nagios', on: 'active' }],
    hold: 60,
    expect: { holder: 'any', lost: 'none', seconds: 30 },
    evident: 'killed',
    recovery: [rejoin],
  },
  {
    name: 'broken-replica',
    shows: 'a replica that cannot apply what it receives is made anew while the other one serves',
    needs: ['replication'],
    faults: [{ fault: 'broken-replica', on: 'standby' }],
    hold: 30,
    expect: stays(10),
    evident: 'stopped',
    recovery: [{ playbook: 'reseed', extra: { node: 'idle' } }],
  },
  {
    name: 'clock-jump',
    shows: 'a clock that is an hour ahead moves nothing',
    needs: [],
    faults: [{ fault: 'clock-jump', on: 'active' }],
    hold: 30,
    expect: stays(10),
    recovery: [],
  },
  {
    name: 'update',
    shows: 'a rolling update restarts both nodes, one after the other, and moves the service once',
    needs: ['apt'],
    faults: [{ fault: 'restart-wanted', on: 'both' }],
    hold: 0,
    expect: { ...stays(20), moves: 1 },
    recovery: [{ playbook: 'update', extra: {} }],
  },
  {
    name: 'foreign-key',
    shows: 'a node with the key of another cluster is refused, and the service goes on',
    needs: [],
    faults: [{ fault: 'foreign-key', on: 'standby' }],
    hold: 5,
    expect: stays(10),
    refused: { playbook: 'own', extra: {}, reason: /with another key/ },
    recovery: [],
  },
  {
    name: 'foreign-uid',
    shows:
      'a node on which the owner of the shared files has another number is refused, and the service goes on',
    needs: ['nagios'],
    faults: [{ fault: 'foreign-uid', on: 'standby' }],
    hold: 5,
    expect: stays(10),
    refused: { playbook: 'own', extra: {}, reason: /user nagios has the number 7777/ },
    recovery: [],
  },
  {
    name: 'both-off-active-first',
    shows: 'after a loss of all power at once one node serves again, with all that was acknowledged',
    needs: [],
    faults: [{ fault: 'power-cut', on: 'both' }],
    hold: 5,
    first: 'active',
    expect: { holder: 'none', lost: 'none', seconds: 180 },
    recovery: [rejoinStruck],
  },
  {
    name: 'both-off-standby-first',
    shows:
      'after a loss of all power a copy that is old is not promoted, though its node comes back first and alone',
    needs: [],
    faults: [
      { fault: 'power-cut', on: 'standby' },
      { fault: 'power-cut', on: 'active', late: true },
    ],
    hold: 5,
    first: 'standby',
    expect: { holder: 'none', lost: 'none', seconds: 180 },
    recovery: [rejoinStruck],
  },
]

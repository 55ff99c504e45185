import { beforeAll, expect, it } from 'vitest'
import { converged, inGuest } from './laboratory.ts'
import { activeNode, expectToServe, expectToStandBy, HEAL_DRBD, other, until, write } from './pair.ts'

// DRBD 8 tells the end of a copy by one connection and acknowledges its blocks by another one. Where these are late, the
// active node takes the copy for unfinished.

let active = ''
let standby = ''
beforeAll(async () => {
  await converged('two-node')
  active = await activeNode()
  standby = other(active)
})

/**
 * Copies while the acknowledgements are held back, and tells what DRBD says when they have come. Of the two connections theirs
 * is the one by which less was sent: nothing but pings.
 */
const MISS_THE_END = `
  set -- $(ss -Htin '( sport = :7789 or dport = :7789 )' | paste - - | awk '{
      sent = ends = 0
      for (i = 1; i <= NF; i++) {
        split($i, word, ":")
        if ($i ~ /^[0-9.]+:[0-9]+$/ && ends < 2) port[++ends] = word[2]
        if (word[1] == "bytes_sent") sent = word[2]
      }
      print sent, port[1], port[2]
    }' | sort -n | head -1)
  sudo tc qdisc add dev eth2 clsact
  sudo tc filter add dev eth2 ingress protocol ip u32 match ip dport $2 0xffff match ip sport $3 0xffff action drop
  sudo drbdadm resume-sync r0
  sleep 2
  ${HEAL_DRBD}
  until grep -q 'oos:0$' /proc/drbd; do sleep 0.1; done
  cat /proc/drbd`

it('the end of a copy is told again where the active node has missed it', async () => {
  await inGuest(standby, 'sudo drbdadm disconnect r0')
  await write(active, 1)
  await inGuest(active, 'sudo drbdadm pause-sync r0')
  await inGuest(standby, 'sudo drbdadm connect r0')
  await until(active, "grep -q 'cs:PausedSyncS ' /proc/drbd")
  expect(await inGuest(active, MISS_THE_END)).toMatch(/cs:SyncSource ro:Primary\/Secondary /)
  expect(await inGuest(standby, 'cat /proc/drbd')).toMatch(/cs:Connected .* ds:UpToDate\/UpToDate /)
  await until(active, "grep -q 'cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate ' /proc/drbd")
  await expectToServe(active)
  await expectToStandBy(standby)
})

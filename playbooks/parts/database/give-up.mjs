// After a split both databases have transactions of their own, and neither is promoted beside the other: the survivor's is by
// the word that names the victim. What only the victim's has stays there until rejoin.mjs saves it and gives it up.
import { play, sh } from 'runsheet'
import { givenUp, PROMOTE } from 'runsheet/replication'
import { command } from 'runsheet/resources'

/** @typedef {import('../cluster.mjs').Decision} Decision */

/** @param {Decision} decision */
export function giveUp({ victim, survivor, when }) {
  const word = { victim: victim.name, survivor: survivor.name, vip: victim.vars.vip.address }
  return [
    play("the victim's database stands back", [victim], () => [takesNoWrites(when)]),
    play("the survivor's database goes on", [survivor], () => [
      command(
        {
          name: `${survivor.name} goes on without what only the database of ${victim.name} has`,
          unless: sh`${PROMOTE} vouched`,
          run: sh`${PROMOTE} vouch`,
        },
        { when, guard: givenUp(word) },
      ),
    ]),
  ]
}

/** @param {import('runsheet').Condition} when */
function takesNoWrites(when) {
  return command(
    {
      name: 'its database takes no writes',
      unless: sh`[ "$(${PROMOTE} status)" = stopped ]`,
      run: sh`${PROMOTE} stop`,
    },
    { when },
  )
}

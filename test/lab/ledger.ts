import { expect } from 'vitest'
import { inGuest } from './laboratory.ts'
import { log } from './labs.ts'
import { NODES, VIP } from './pair.ts'

// Rows that somebody writes at the address of the service, one after the other, whatever happens to it.

const WRITER = NODES[1]
const LEDGER = '/var/tmp/ledger'

/** The account and the table that rows are written into; for the node that takes writes. */
export const PROOF = `CREATE DATABASE proof; CREATE TABLE proof.t (id INT PRIMARY KEY) ENGINE=InnoDB;
  CREATE USER proof@'%' IDENTIFIED BY 'proof'; GRANT INSERT ON proof.* TO proof@'%'`

/** Notes an attempt before it begins, and an acknowledgement after it was given. */
export async function startWriting(): Promise<void> {
  await inGuest(
    WRITER,
    `sudo sh -c 'cat >/usr/local/bin/write-rows; chmod 755 /usr/local/bin/write-rows' <<'END'
#!/bin/sh
id=0
while [ ! -e ${LEDGER}.stop ]; do
  id=$((id + 1))
  echo $id >>${LEDGER}.tried
  mariadb -h ${VIP} -u proof -pproof --connect-timeout=5 -e "INSERT INTO proof.t VALUES ($id)" 2>/dev/null &&
    echo $id >>${LEDGER}.acked
  sleep 1
done
END
    rm -f ${LEDGER}.*
    nohup /usr/local/bin/write-rows >/dev/null 2>&1 </dev/null &`,
  )
}

export interface Ledger {
  tried: number[]
  acked: number[]
}

export async function stopWriting(): Promise<Ledger> {
  await inGuest(WRITER, `touch ${LEDGER}.stop; while pgrep -f '[w]rite-rows' >/dev/null; do sleep 1; done`)
  return { tried: await noted('tried'), acked: await noted('acked') }
}

const noted = (what: string) => inGuest(WRITER, `cat ${LEDGER}.${what}`).then(numbers)

/** Every number of a text that has one a line. */
export const numbers = (text: string): number[] => text.split('\n').map(Number)

/** @param least as many acknowledgements there must be, or nothing was tried */
export function expectNothingLost({ tried, acked }: Ledger, found: readonly number[], least: number): void {
  log(`${tried.length} rows tried, ${acked.length} acknowledged, ${found.length} found`)
  expect(acked.length).toBeGreaterThan(least)
  const lost = acked.filter((id) => !found.includes(id))
  expect(lost, 'acknowledged and lost').toEqual([])
  const phantoms = found.filter((id) => !tried.includes(id))
  expect(phantoms, 'found and never written').toEqual([])
}

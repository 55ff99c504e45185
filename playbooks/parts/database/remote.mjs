// A database that another cluster runs: nothing of it is here but the client.
import { play, sh } from 'runsheet'
import { command } from 'runsheet/resources'

/** @typedef {import('../cluster.mjs').Component} Component */

/**
 * @param {string} address the VIP of that cluster
 * @param {import('../platforms/index.mjs').Platform} platform
 * @returns {Component}
 */
export function remote(address, { packages, database: { admin } }) {
  return {
    packages: packages.client,
    // Both nodes are asked: the standby will need it when its turn has come.
    prepare: ({ nodes }) => [play('database of another cluster', nodes, () => [answers(address, admin)])],
  }
}

/**
 * @param {string} address
 * @param {string} admin
 */
function answers(address, admin) {
  return command({
    name: `the database at ${address} answers`,
    unless: asked(address, admin),
    // A take-over of the other cluster may be under way.
    run: sh`
      tries=180
      until (
        ${asked(address, admin)}
      ); do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || exit 1
        sleep 1
      done`,
    needs: [admin],
  })
}

/**
 * Who is known there but has no password is asked for it; whose address no account admits is told so (error 1130).
 * Both count as an answer to `ping`, by its exit code, so the words decide.
 *
 * @param {string} address
 * @param {string} admin command
 */
export function asked(address, admin) {
  return sh`
    said=$(${admin} --no-defaults --host=${address} --user=nobody --connect-timeout=5 ping 2>&1) || :
    case $said in
      *' is alive'* | *'Access denied for user '*) ;;
      *) printf '%s\\n' "$said" >&2; false ;;
    esac`
}

// The directory that the storage is mounted on.
import { sh } from 'runsheet'
import { command, directory, mount } from 'runsheet/resources'
import { storageElsewhere } from './conditions.mjs'

/** @typedef {import('../variables.mjs').Storage} Storage */

/**
 * Where the storage is not mounted nothing may run that wants it, and nothing can be written in its place.
 *
 * @param {Storage} storage
 * @param {readonly string[]} units
 */
export function bareMountPoint(storage, units) {
  const when = storageElsewhere(storage)
  return [
    command(
      {
        name: 'no clustered service runs without the storage',
        unless: sh`! systemctl is-active --quiet ${units}`,
        run: sh`systemctl stop ${units}`,
        needs: ['systemctl'],
      },
      { when },
    ),
    directory({ path: storage.mount, mode: '0755', owner: 'root', group: 'root' }),
    mount(
      { path: storage.mount, ...whatIsMounted(storage), mounted: false },
      { when, name: `${storage.mount} is not mounted at boot` },
    ),
    command(
      {
        name: `nothing can be written to the bare ${storage.mount}`,
        unless: sh`case $(lsattr -d ${storage.mount}) in *i*' '*) ;; *) false ;; esac`,
        run: sh`chattr +i ${storage.mount}`,
        needs: ['lsattr'],
      },
      { when },
    ),
  ]
}

/** @param {Storage} storage */
function whatIsMounted(storage) {
  switch (storage.kind) {
    case 'drbd':
      return { device: storage.device, filesystem: storage.filesystem }
    case 'lun':
      return { device: storage.disk, filesystem: storage.filesystem }
    case 'nfs':
      return { device: storage.export, filesystem: 'nfs' }
  }
}

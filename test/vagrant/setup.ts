import { installLibraries } from '../support/packages.ts'

/** Debian's Vagrant; of its providers Debian has libvirt alone. */
export default function setup(): void {
  installLibraries(['vagrant', 'vagrant-libvirt'])
}

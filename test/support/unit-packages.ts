import { installPackages, SHELL_PACKAGES } from './packages.ts'

/** Installs what the quick part needs by itself: scripts are read by each shell. */
export default function setup(): void {
  installPackages(SHELL_PACKAGES)
}

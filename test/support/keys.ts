/** Public keys that nobody has the private half of, as ssh-keygen(1) made them. */
export const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOWrXkNZzNuZBmP088fmFR6RDyiF6hm6XY+LUOT2tzbL'
export const OTHER_ED25519 =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGu8X+Qk9UqW+mT45ShrFF5PZ1E91Jp9hnszOgd6i+4D'
export const ECDSA =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBOBfkIE10EakyIpW154LU1ZbKP4c9kmpCC6Iimc3Tk5s5ng6mWuCjtn2R19nlKx9x2DF+TSViIya7BcJoSFrbDc='

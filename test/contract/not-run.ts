/** Kinds of resource without cases, each with the reason and with what speaks for them instead of unit tables alone. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  'se-boolean': 'SELinux belongs to the kernel, and neither containers nor the lab have it',
  'se-context': 'SELinux belongs to the kernel, and neither containers nor the lab have it',
  reboot:
    'it ends the machine that the next case would run on: test/lab/reboot.test.ts restarts one of its own',
}

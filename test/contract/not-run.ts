/** Kinds of resource that no machine of ours can show, each with the reason; unit tables speak for them. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  'se-boolean': 'SELinux belongs to the kernel, and neither containers nor the lab have it',
  'se-context': 'SELinux belongs to the kernel, and neither containers nor the lab have it',
  reboot:
    'a container has the kernel of the machine that runs the tests; streams.test.ts shows the wait for another boot',
}

import { table } from './markdown.ts'

export const HOW_TO_READ = `\
Work from top to bottom and paste each block whole, in one terminal that runs \`sh\` or \`bash\`. A number is that of
\`--list-tasks\`. Every block looks first, changes only what is not as wanted, and looks again, so **pasting a block a
second time does no harm**. To look and change nothing, say \`only=look\` before (and \`only=\` to go on in earnest).

In a block, \`check\` prints how it is and \`wanted\` says how that must read; \`change\` makes it so, and is what you
would type by hand. \`when\` tells whether the step is to be done here at all. \`on\` takes all of it to a host.`

/** Every word that a block may print. */
export const WHAT_IT_SAYS = table(
  ['it says', 'what it means', 'what to do'],
  [
    ['as wanted', 'It was right already.', 'Go on.'],
    ['changed', 'It differed, was changed, and is right now.', 'Go on.'],
    ['skipped', 'This step is not for this host at this moment; the reason follows.', 'Go on.'],
    [
      'differs',
      'How it is, and how it is wanted, line by line.',
      'Read on; with `only=look` nothing is changed.',
    ],
    [
      'CANNOT TELL',
      'A tool is missing or a question failed: an earlier step is not done, or the host is not well.',
      '**Stop.** See to the earlier steps; then paste the block again.',
    ],
    [
      'NOT SO, REFUSED',
      'The change could destroy data or start a service twice. Nothing was changed by it.',
      '**Stop.** Never force it. Find out on every host why the sentence does not hold.',
    ],
    [
      'THE CHANGE FAILED',
      'It may be half done. What the commands said stands above.',
      '**Stop.** Mend the cause; then paste the block again: it goes on from any state.',
    ],
    [
      'STILL NOT AS WANTED',
      'The change ran without an error, and yet the check differs.',
      '**Stop.** Something works against you: another tool, a person, a full disk.',
    ],
    [
      'nothing, or an error of ssh',
      'The connection is lost, and with it the answer: the step may have been done, or still run.',
      'See that the host is well; then paste the block again.',
    ],
  ],
)

export const PASTE_FIRST = `\
Paste this once, before anything else. It defines \`reach\`, the way to each host, and \`on\`, which sends a step there with
the lines between the words BEFORE and AFTER around it.`

export const UNATTENDED = `\
\`npx zx FILE.md\` runs all the blocks above in one shell and stops at the first that fails; a secret may stand in the
environment under its variable's name. \`only=look npx zx FILE.md\` looks and changes nothing. This is what zx does:`

export const ON_THE_HOST = `\
If you have no terminal that reaches all hosts, work in a root shell of each: paste the block above there, then this one,
with the name of the host. Steps for other hosts say so and do nothing. A step that must ask other hosts refuses, since
it cannot: for that one you need a terminal from which all of them can be reached.`

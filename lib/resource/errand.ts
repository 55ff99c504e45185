import type { Shell } from '../shell/sh.ts'

/**
 * What the controller itself does for a task whose state differs, because no script can do it. Such a task has a
 * stage of its own: it is looked at, then the errand is run, and then the state is looked at again.
 */
export type Errand = Upload | Download | Restart

/** Sends a file of the controller before `apply`, which puts it in place. */
export interface Upload {
  kind: 'upload'
  /** On the controller. */
  file: string
  /** How many bytes the file has. */
  size: number
  /** Where it arrives on the host: a folder for it alone, and the file in it. */
  stage: { folder: string; part: string }
  /**
   * POSIX sh that takes the file on its standard input. It prints `done` where it needs nothing, else `at N` for the N
   * bytes that an earlier attempt has left. It is told `append COUNT` or `anew COUNT`, and COUNT bytes follow.
   */
  receive: Shell
}

/** Takes a file to the controller, in place of `apply`. */
export interface Download {
  kind: 'download'
  /** On the host. */
  from: string
  /** On the controller. It is replaced in one step, and only its owner can read it. */
  file: string
  /** POSIX sh that prints the number of bytes on a line, these bytes, and a line with their SHA-256 in hexadecimal. */
  send: Shell
}

/** Waits until the host is there again after `apply`, which ends the shell that runs it. */
export interface Restart {
  kind: 'restart'
  /** Prints what tells one boot from the next. */
  boot: Shell
  /** How many seconds it may take. */
  within: number
}

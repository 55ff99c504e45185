import { commandLine } from '../host/run.ts'

// A disk that answers nothing any more, by what the kernel has for each kind: a SCSI disk is set offline (Documentation of
// Linux, driver-api/scsi.rst), a virtio disk loses its driver, a volume of the device mapper gets a table that fails all
// input and output (dmsetup(8), wipe_table).

const quote = (word: string): string => commandLine([word])

/** The command that gives the disk back; a boot does the same, and forgets it. */
const back = '/run/runsheet-drills.disk'

/** Takes the disk below a resource of DRBD away, so that DRBD meets real errors. Pure. */
export const takeAway = (resource: string): string => `
  disk=$(readlink -f "$(drbdadm sh-ll-dev ${quote(resource)})") || exit
  sys=$(readlink -f "/sys/class/block/\${disk##*/}")
  if [ -e "$sys/partition" ]; then
    sys=\${sys%/*}
    [ "$(ls -d "$sys"/*/partition | wc -l)" = 1 ] ||
      { echo "the disk of $disk has other partitions, which would fail with it" >&2; exit 1; }
  fi
  device=$(readlink -f "$sys/device") || device=''
  driver=$(readlink -f "$device/driver") || driver=''
  if [ -d "$sys/dm" ]; then
    volume=$(cat "$sys/dm/name")
    dmsetup table "$volume" >${back}.table || exit
    # The table of an encrypted one is shown without its key.
    ! grep -q ' crypt ' ${back}.table || { echo "$volume is encrypted: nobody could give it back" >&2; exit 1; }
    printf 'dmsetup load %s ${back}.table && dmsetup resume %s\\n' "$volume" "$volume" >${back}
    dmsetup wipe_table "$volume"
  elif [ "$(basename "$(readlink -f "$device/subsystem")")" = scsi ]; then
    echo "echo running >$device/state" >${back}
    echo offline >"$device/state"
  elif [ "\${driver##*/}" = virtio_blk ]; then
    echo "echo \${device##*/} >$driver/bind" >${back}
    echo "\${device##*/}" >"$driver/unbind"
  else
    echo "$disk is no disk of SCSI, virtio or the device mapper: nothing is known that makes it fail" >&2
    exit 1
  fi`

/** Gives it back, and has DRBD take it again. Pure. */
export const giveBack = (resource: string): string => `
  [ ! -e ${back} ] || { sh ${back} && rm -f ${back} ${back}.table && udevadm settle; } || exit
  case $(drbdadm dstate ${quote(resource)}) in
    Diskless/*) drbdadm attach ${quote(resource)} ;;
    Failed/*) echo 'DRBD has not let go of the disk yet' >&2; exit 1 ;;
  esac`

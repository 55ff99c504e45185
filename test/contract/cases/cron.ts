import { cron } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const FILE = '/etc/cron.d/contract'

export const cases: readonly ContractCase[] = [
  {
    name: 'in the crontab of a user',
    machine: 'debian',
    prepare: sh`printf 'MAILTO=x\\n5 5 * * * other\\n# runsheet: job\\n1 1 * * * old\\n6 6 * * * more\\n' | crontab -u daemon -`,
    task: () =>
      cron({
        name: 'job',
        user: 'daemon',
        schedule: '*/5 0-6 * * mon',
        command: `echo "it's" $(date +\\%F) \\\\`,
      }),
    drift: [{ field: 'entry', by: sh`crontab -u daemon -l | sed 's/^[*].5/7/' | crontab -u daemon -` }],
    hostile: (name) => cron({ name, user: 'games', schedule: '@daily', command: `echo ${name}` }),
  },
  {
    name: 'absent in a crontab',
    machine: 'debian',
    prepare: sh`printf '5 5 * * * other\\n# runsheet: job\\n1 1 * * * old\\n' | crontab -u bin -`,
    task: () => cron({ name: 'job', user: 'bin', schedule: '@daily', command: 'true', absent: true }),
    drift: [
      {
        field: 'entry',
        by: sh`{ crontab -u bin -l; echo '# runsheet: job'; echo '2 2 * * * again'; } | crontab -u bin -`,
      },
    ],
  },
  {
    name: 'in a file with variables',
    machine: 'debian',
    prepare: sh`rm -f ${FILE}`,
    task: () =>
      cron({
        name: 'a file',
        file: 'contract',
        user: 'daemon',
        schedule: '15 2 * * *',
        command: 'true',
        env: { MAILTO: '', GREETING: " it's $(me) " },
      }),
    drift: [
      { field: 'entry', by: sh`echo '# more' >> ${FILE}` },
      { field: 'mode', by: sh`chmod 0666 ${FILE}` },
      { field: 'owner', by: sh`chown daemon ${FILE}` },
    ],
  },
  {
    name: 'absent as a file',
    machine: 'debian',
    prepare: sh`echo '# old' > ${`${FILE}-gone`}`,
    task: () =>
      cron({ name: 'a file', file: 'contract-gone', schedule: '@daily', command: 'true', absent: true }),
    drift: [{ field: 'entry', by: sh`ln -s nowhere ${`${FILE}-gone`}` }],
  },
]

import { sh } from '../../lib/shell/sh.ts'

/** A server on a container's default socket, unless it runs: its root is the system's. /run is none of the state. */
export const SERVER = sh`
  mkdir -p /run/mysqld
  if [ ! -S /run/mysqld/mysqld.sock ]; then
    mariadb-install-db --no-defaults --user=root --datadir=/run/mysqld/data --skip-test-db \
      --auth-root-authentication-method=socket > /run/mysqld/install.log 2>&1
    mariadbd --no-defaults --user=root --datadir=/run/mysqld/data --tmpdir=/run/mysqld --skip-networking \
      --socket=/run/mysqld/mysqld.sock --innodb-buffer-pool-size=16M > /run/mysqld/server.log 2>&1 &
    until [ -S /run/mysqld/mysqld.sock ]; do sleep 0.1; done
  fi
`

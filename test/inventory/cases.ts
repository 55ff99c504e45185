/** One inventory, by the chapter of Ansible's documentation that teaches its kind. */
export interface InventoryCase {
  files: Readonly<Record<string, string>>
  /** What follows each `-i`. */
  sources: readonly string[]
  /** What follows each `-e`. */
  extra?: readonly string[]
}

const groupVars = {
  'group_vars/all.yml': 'ntp: all.example.com\ncolour: from-group_vars-all\nonly_all: 1\n',
  'group_vars/web/10-base.yml': 'colour: from-web-10\nworkers: 4\n',
  'group_vars/web/20-more.yaml': 'workers: 8\n',
  'group_vars/web/30.json': '{ "modules": ["a", "b"] }',
  'group_vars/web/nested/deep': 'deep: true\n',
  'group_vars/web/.hidden.yml': 'hidden: 1\n',
  'group_vars/web/copy.yml~': 'copy: 1\n',
  'group_vars/web/notes.txt': 'not: read\n',
  'group_vars/web.yml': 'shadowed: by-the-directory\n',
  'group_vars/atlanta.json': '{ "region": "south", "colour": "from-atlanta" }',
  'group_vars/empty.yml': '---\n',
  'host_vars/web03.example.com': '---\ncolour: from-host_vars\n',
  'host_vars/db-a.yaml': 'role: primary\n',
}

export const CASES: Readonly<Record<string, InventoryCase>> = {
  'YAML with children, variables, ranges and connection variables': {
    sources: ['hosts.yml'],
    files: {
      ...groupVars,
      'hosts.yml': `\
all:
  hosts:
    mail.example.com:
    jump: { ansible_host: 192.0.2.1, ansible_port: 2222, ansible_user: admin }
    badwolf.example.com:5309:
  vars: { colour: from-all, shape: round, size: 1 }
  children:
    web:
      hosts:
        web[01:03].example.com: { http_port: 80 }
        www[9:11]:
      vars: { colour: from-web, size: 2 }
    db:
      hosts:
        db-[a:c]: { role: replica }
        big[001:009:4]x[1:2]:
    atlanta:
      children: { web: , db: }
      vars: { ansible_become: yes, size: 3 }
    empty:
lone:
  hosts: single
  vars: { ansible_python_interpreter: /usr/bin/python3 }
`,
    },
  },

  'INI with children, variables, ranges and quotes': {
    sources: ['hosts'],
    files: {
      ...groupVars,
      hosts: `\
# hosts without a group
mail.example.com
jumper ansible_port=5555 ansible_host=192.0.2.50
badwolf.example.com:5309

[web]
web[01:03].example.com http_port=80 max=0x1F name="two words" list='[1, "a", None]' # a comment
www[9:11] flag=True off=false ratio=1.5 version=1.10 mode=0644 plain=10.0.0.1 path=a\\ b hash=x#y

[db]
db-[a:c]   ansible_user=postgres
big[001:009:4]x[1:2]

[atlanta:children]
web
db

[web:vars]
colour = from web
ntp_server=ntp.atlanta.example.com   # part of the text
tuple=1, 2
dict={'a': {'b': (1,)}, 'c': "it's"}
commented = 5 # five
escaped='tab\\tnew\\nline \\x41 \\u00e9'
negative=-3
empty=
quoted = "with # sign"

[atlanta:vars]
size=3
ansible_become=True

; an empty group
[empty]
`,
    },
  },

  'a directory of sources, whose group_vars count for all of them': {
    sources: ['inventory'],
    files: {
      'inventory/01-openstack.yml': 'web: { hosts: { a: , b: { n: 1 } }, vars: { from: yaml, second: 1 } }\n',
      'inventory/02-static': '[db]\nc\nb n=2\n[web:vars]\nfrom=ini\n',
      'inventory/03-program': `#!/bin/sh
echo '{ "cloud": { "hosts": ["d", "a"], "vars": { "from": "program" } }, "_meta": { "hostvars": { "d": { "x": [1] } } } }'
`,
      'inventory/deeper/hosts.yaml': 'deep: { hosts: { e: , c: } }\n',
      'inventory/deeper/group_vars/deep.yml': 'never: read\n',
      'inventory/group_vars/web.yml': 'second: 2\n',
      'inventory/group_vars/all': 'everywhere: true\n',
      'inventory/host_vars/b/main.yml': 'n: 3\n',
      'inventory/ignored.ini': '[x]\nnever\n',
      'inventory/ignored.bak': 'never: read\n',
      'inventory/README.md': 'text\n',
      'inventory/.hidden': 'never\n',
    },
  },

  'several sources, where the later one wins': {
    sources: ['staging/hosts.yml', 'production', 'extra,last:2200'],
    files: {
      'staging/hosts.yml': 'app: { hosts: { one: { v: 1 }, two: }, vars: { stage: staging, k: 1 } }\n',
      'staging/group_vars/app.yml': 'stage: staging-file\nfile: staging\n',
      'staging/group_vars/all.yml': 'where: staging\n',
      'staging/host_vars/one.yml': 'v: staging\n',
      'production/hosts': '[app]\none v=2\nthree\n[app:vars]\nstage=production\n',
      'production/group_vars/all.yml': 'where: production\nfile: production-all\n',
      'production/host_vars/one.yml': 'w: production\n',
    },
  },

  'a program that lists its hosts': {
    sources: ['cloud.sh'],
    files: {
      'cloud.sh': `#!/bin/sh
cat <<'END'
{ "databases": { "hosts": ["host1.example.com", "host2.example.com"], "vars": { "a": true } },
  "webservers": ["host2.example.com", "host3.example.com"],
  "atlanta": { "hosts": ["host1.example.com"], "vars": { "b": false }, "children": ["marietta", "five"] },
  "marietta": { "hosts": ["host6.example.com"] }, "five": { "hosts": [] },
  "alone": { "ansible_host": "192.0.2.9" },
  "_meta": { "hostvars": { "host1.example.com": { "asdf": 1234, "deep": { "x": [null, 1.5] } }, "nobody": { "y": 1 } } } }
END
`,
      'group_vars/marietta.yml': 'c: from-file\n',
      'host_vars/host6.example.com.yml': 'd: 1\n',
    },
  },

  'a program that is asked for each host': {
    sources: ['old.sh'],
    files: {
      'old.sh': `#!/bin/sh
case $1 in
--list) echo '{ "g": { "hosts": ["h1", "h2"] } }' ;;
--host) echo "{ \\"me\\": \\"$2\\" }" ;;
esac
`,
    },
  },

  'precedence: depth, priority and names': {
    sources: ['hosts.yml'],
    files: {
      'hosts.yml': `\
all:
  vars: { v: all }
  children:
    top:
      vars: { v: top, t: top }
      children:
        b_mid: { vars: { v: b, m: b }, children: { leaf: { hosts: { x: } } } }
        a_mid: { vars: { v: a, m: a, ansible_group_priority: 10 }, hosts: { x: , y: } }
    other: { vars: { v: other, o: 1 }, hosts: { x: , y: , z: } }
    leaf: { vars: { t: leaf } }
    wide: { vars: { t: wide, w: 1 }, children: { leaf: } }
`,
      'group_vars/all.yml': 'v: file-all\n',
      'group_vars/top.yml': 'm: file-top\n',
      'group_vars/a_mid.yml': 'ordinary: 1\n',
    },
  },

  'extra variables, which win': {
    sources: ['hosts.yml'],
    extra: [
      'size=3 name="two words" quoted=\'x y\'',
      '{ "list": [1, 2], deep: { a: yes } }',
      '@extra.yml',
      'last=1',
    ],
    files: {
      'hosts.yml': 'all: { hosts: { a: { size: 1, ansible_user: x, last: 0 } } }\n',
      'host_vars/a.yml': 'size: 2\n',
      'extra.yml': 'from_file: true\nlast: file\nansible_user: root\n',
    },
  },

  'plain scalars as PyYAML reads them': {
    sources: ['hosts.yml'],
    files: {
      'hosts.yml': 'all: { hosts: { a: } }\n',
      'group_vars/all.yml': `\
booleans: [yes, No, ON, off, true, False, y, n, Y, N, oN, "yes"]
integers: [0, 1, -1, +1, 010, 08, 09, 0o14, 0x1F, 0b101, 1_000, 1:30, 01:30, 12:30:45, 52:54:00:12:34:56]
floats: [1.5, -1.5, 1., .5, +.5, 1e3, 1.0e3, 1.0e+3, 1e+3, 1.5E-2, 6.02e23, "1.5", 1.2.3, 190:20:30.15]
nulls: [null, ~, Null, NULL, nUll, ]
texts: [., "-", _1, 1_, 0x, 08:30, 2.0.0, v1, 10.0.0.1, 'it''s', "tab\\t\\x41\\u00e9"]
empty:
block: |
  one
   two

folded: >-
  one
  two
base: &base { x: 1, y: { z: 2 } }
merged: { <<: *base, x: 3 }
merged_list: { <<: [*base, { w: 4, x: 5 }], v: 6 }
alias: *base
key: { 1: a, no: b, 1.5: c }
date: 2001-12-14
`,
    },
  },

  'aliases and merges in the structure itself': {
    sources: ['hosts.yml'],
    files: {
      'hosts.yml': `\
all:
  vars: { common: &common { timeout: 5, retries: 1 } }
  children:
    one: { hosts: &hosts { h1: { <<: *common, retries: 2 }, h2: *common } }
    two: { hosts: *hosts, vars: { <<: *common } }
    three: { hosts: { <<: *hosts, h3: } }
`,
    },
  },
}

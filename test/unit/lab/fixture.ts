import { parseTopology, type Topology } from '../../../lab/topology/load.ts'

export const twoNodes = `networks:
  public: { subnet: 192.168.56.0/24, gateway: 192.168.56.1 }
  backbone: { subnet: 10.1.0.0/16 }
nodes:
  alpha:
    memory: 512
    cpus: 2
    disks: { data: 64, log: 32 }
    addresses: { public: 192.168.56.11, backbone: 10.1.0.11 }
  beta:
    memory: 512
    cpus: 1
    disks: { data: 64 }
    addresses: { public: 192.168.56.12, backbone: 10.1.0.12 }
variables:
  cluster:
    address: { network: public }
    disk: { disk: data }
inventory:
  all:
    children:
      cluster:
        hosts:
          alpha: {}
          beta: { address: 192.168.56.99 }
        vars:
          key: !secret { file: heartbeat.key }
`

/** The topology of a text; the one above if none is given. */
export const topology = (text: string = twoNodes): Topology => parseTopology(text, 'pair.yml')

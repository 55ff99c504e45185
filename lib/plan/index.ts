export * from './plan.ts'
export * from './playbook.ts'

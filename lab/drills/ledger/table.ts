/** The table that the row writer fills. */
export const table = 'ledger.drill'

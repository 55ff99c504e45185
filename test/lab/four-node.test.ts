import { describe } from 'vitest'
import { twoPairs } from './two-pairs.ts'

describe('four nodes whose database moves with its disk', () => twoPairs('four-node'))

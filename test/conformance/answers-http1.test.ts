import { describe } from 'vitest'
import { describeAnswers } from './answer-suite.ts'

describe('the http1 lane', () => describeAnswers('http1'))

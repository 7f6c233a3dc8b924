import { describe } from 'vitest'
import { describeAnswers } from './answer-suite.ts'

describe('the undici lane', () => describeAnswers('undici'))

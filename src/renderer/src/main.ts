import './no-eval.ts'
import '../../shared/tokens.css'
import './base.css'
import { createConsole } from './app.ts'
import { openBridge } from './bridge/index.ts'

createConsole(openBridge()).app.mount('#app')

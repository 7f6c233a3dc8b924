import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where an option came from, strongest first: flag > environment > default. */
export interface Surroundings {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  home: string
}

const here = (): Surroundings => ({ env: process.env, platform: process.platform, home: homedir() })

/**
 * Folder of tasks, runs and window state, the same for the desktop app and the command line.
 * @param flag `--data-dir`, if given. An empty value counts as not given.
 */
export function dataDirOf(flag: string | undefined, { env, platform, home }: Surroundings = here()): string {
  return flag || env['STAMPEDE_DATA_DIR'] || join(baseFolder(env, platform, home), platform === 'linux' ? 'stampede' : 'Stampede')
}

/** As each system wants it: XDG base directories, Application Support, roaming application data. */
function baseFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  if (platform === 'win32') return env['APPDATA'] || join(home, 'AppData', 'Roaming')
  return env['XDG_DATA_HOME'] || join(home, '.local', 'share')
}

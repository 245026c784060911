/** A Python with the packages a check needs: one that is there, or a virtual environment made once below .cache/. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The versions with which the goldens were made. */
export const PEFT_PACKAGES = ['torch==2.13.0', 'transformers==5.23.0', 'peft==0.21.2', 'safetensors']
/** Where PyTorch without CUDA lies, a tenth as large; where it cannot be reached, PyPI's is taken. */
const CPU_INDEX = 'https://download.pytorch.org/whl/cpu'
const INSTALL_MINUTES = 10

export interface PythonNeeds {
  /** Of the folder below .cache/. */
  readonly name: string
  /** As pip is given them. */
  readonly packages: readonly string[]
  /** As Python imports them. */
  readonly modules: readonly string[]
}

/** Why there is none, as a sentence. */
export class NoPython extends Error {}

const works = (python: string, code: string) => spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0

/** The command that starts it. Throws NoPython. */
export function findPython({ name, packages, modules }: PythonNeeds, tell: (what: string) => void): string {
  const environment = join(import.meta.dirname, '../../.cache', name)
  const own = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const found = [own, 'python3', 'python'].find((python) => works(python, `import ${modules.join(', ')}`))
  if (found !== undefined) return found
  const plain = ['python3', 'python'].find((python) =>
    works(python, 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)'),
  )
  if (plain === undefined) throw new NoPython('This check needs Python 3.10 or newer with the module venv, and there is none.')
  tell(`Making a virtual environment with ${packages.join(', ')} in ${environment}; this is done once.`)
  // What is installed already need not be fetched again.
  if (!existsSync(own)) install(plain, ['-m', 'venv', '--system-site-packages', environment])
  install(own, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--retries',
    '1',
    '--timeout',
    '20',
    '--extra-index-url',
    CPU_INDEX,
    ...packages,
  ])
  return own
}

function install(python: string, args: readonly string[]): void {
  const { status, signal, stderr } = spawnSync(python, args, { encoding: 'utf8', timeout: INSTALL_MINUTES * 60_000 })
  if (status === 0) return
  const why = signal ? `it took longer than ${INSTALL_MINUTES} minutes` : (stderr.trim().split('\n').at(-1) ?? '')
  throw new NoPython(`The packages could not be installed from Python's registry: ${why}`)
}

/** Regimes on the dashboard: order from alts to majors, short names, colours that colour-blind readers tell apart. */

/** How a regime is shown. */
export interface RegimeLook {
  name: string
  label: string
  colour: string
}

const LOOKS: readonly RegimeLook[] = [
  { name: 'STRONG_RISK_ON_ALTS', label: 'Strong alts', colour: '#2f7d9e' },
  { name: 'RISK_ON_ALTS', label: 'Alts', colour: '#4b9db8' },
  { name: 'WEAK_RISK_ON_ALTS', label: 'Weak alts', colour: '#8ac0d3' },
  { name: 'BALANCED', label: 'Balanced', colour: '#969da6' },
  { name: 'WEAK_RISK_ON_MAJORS', label: 'Weak majors', colour: '#efb36a' },
  { name: 'RISK_ON_MAJORS', label: 'Majors', colour: '#e2923a' },
  { name: 'STRONG_RISK_ON_MAJORS', label: 'Strong majors', colour: '#d0652a' },
]

/** The regimes among `names`, from alts to majors. */
export function regimeLooks(names: Iterable<string | null>): RegimeLook[] {
  const present = new Set(names)
  return LOOKS.filter(({ name }) => present.has(name))
}

/** Series that are no regime. */
export const SERIES_COLOURS = {
  score: '#5d7fb0',
  equity: '#3b7fe0',
  btc: '#d99a2b',
  basket: '#9a8fb8',
  drawdown: '#dd5a4f',
  majors: '#e2923a',
  alts: '#4b9db8',
  net: '#7f8fa0',
  turnover: '#9fb2c6',
  cost: '#dd5a4f',
  funding: '#8a63b5',
} as const

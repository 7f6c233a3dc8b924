import { colourRamp } from '../../shared/charts/colour-ramp.ts'
import { HEAT_STOPS } from '../../shared/charts/heat-cells.ts'
import tokens from '../../shared/tokens.css?raw'
import { SHADES } from './charts/heat-chart.ts'
import rules from './report.css?raw'

/** Colours and measures of the product: light by default and on paper, dark where the reader's system is. */
const [fonts = '', dark = '', light = ''] = [/:root \{([^}]*)\}/, /\[data-theme='dark'\] \{([^}]*)\}/, /\[data-theme='light'\] \{([^}]*)\}/].map((block) => block.exec(tokens)?.[1])

export const STYLE = `:root{${fonts}${light}}${shades(light)}@media screen and (prefers-color-scheme:dark){:root{${dark}}${shades(dark)}}${rules}`.replace(/\s*\n\s*/g, ' ')

/** The colours of the heat map, as an SVG can use them. */
function shades(theme: string): string {
  const stops = HEAT_STOPS.map((stop) => new RegExp(`--${stop}:\\s*(#[\\da-f]+)`, 'i').exec(theme)?.[1] ?? '#000')
  return colourRamp(stops, SHADES).map((rgb, i) => `.h${i}{stroke:rgb(${rgb.join(' ')})}`).join('')
}

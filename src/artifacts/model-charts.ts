/** Chart options of the page of a model run as plain JSON. */

import type { ModelCoefficient } from '../../contracts/types.ts'
import { mean } from '../base/stats.ts'

// Readable on light and dark backgrounds, as on the page of a plain run.
const COLOURS = ['#3b7fe0', '#c98a2b', '#9a8fb8', '#5f9ea8'] as const
const GAIN = '#2aa876'
const LOSS = '#dd5a4f'
const BUCKETS = 10

/** Growth of the named columns over time; the first one is the model. */
export function growthOption(names: readonly string[]): object {
  return {
    ...{ useUTC: true, animation: false, columns: ['time', ...names] },
    legend: { top: 4, data: [...names] },
    tooltip: { trigger: 'axis' },
    grid: { left: 64, right: 24, top: 40, bottom: 70 },
    xAxis: { type: 'time' },
    yAxis: { type: 'value', scale: true, format: 'number' },
    dataZoom: [{ type: 'inside' }, { type: 'slider', bottom: 8, height: 26, labelFormatter: '' }],
    series: names.map((name, index) => ({
      ...{ name, type: 'line', format: 'number', encode: { x: 'time', y: name }, showSymbol: false },
      ...{ sampling: 'minmax', z: names.length - index },
      lineStyle: { width: index === 0 ? 2 : 1.2, color: COLOURS[index % COLOURS.length] },
      itemStyle: { color: COLOURS[index % COLOURS.length] },
    })),
  }
}

/** Mean forward return in ten groups of equal size by prediction. */
export function bucketsOption(predicted: Float64Array, forward: Float64Array): object {
  const order = Uint32Array.from(predicted, (_, i) => i).sort((a, b) => predicted[a] - predicted[b] || a - b)
  const count = Math.min(BUCKETS, order.length)
  const means = Array.from({ length: count }, (_, k) => {
    const group = order.subarray(Math.floor((k * order.length) / count), Math.floor(((k + 1) * order.length) / count))
    return Number(mean(Float64Array.from(group, i => forward[i])).toPrecision(6))
  })
  return barsOption(
    means.map((_, k) => String(k + 1)),
    means,
    'Mean forward return',
    'percent',
  )
}

/** Sorted skills of the permutations, with the skill of the model as a line. */
export function skillsOption(skills: readonly number[], model: number | null): object {
  const sorted = [...skills].sort((a, b) => a - b).map(skill => Number(skill.toPrecision(6)))
  const option = barsOption(
    sorted.map((_, k) => String(k + 1)),
    sorted,
    'Test skill',
    'percent',
  ) as { series: object[] }
  if (model === null) return option
  const line = {
    symbol: 'none',
    // Else the library rounds the place of the line to two digits.
    precision: 12,
    data: [{ yAxis: model }],
    lineStyle: { color: COLOURS[0], width: 2 },
    label: { show: false },
  }
  return { ...option, series: [{ ...option.series[0], markLine: line }] }
}

/** Weights as horizontal bars. */
export function coefficientsOption(coefficients: readonly ModelCoefficient[]): object {
  const shown = [...coefficients].reverse()
  return {
    animation: false,
    grid: { left: 220, right: 24, top: 16, bottom: 40 },
    tooltip: { trigger: 'item' },
    xAxis: { type: 'value', format: 'number', splitNumber: 3, axisLabel: { hideOverlap: true } },
    yAxis: { type: 'category', data: shown.map(({ feature }) => feature), axisTick: { show: false } },
    series: [
      {
        ...{ name: 'Weight', type: 'bar', format: 'number' },
        data: shown.map(({ coefficient }) => ({
          value: Number(coefficient.toPrecision(6)),
          itemStyle: { color: coefficient < 0 ? LOSS : GAIN },
        })),
      },
    ],
  }
}

function barsOption(names: string[], values: readonly number[], name: string, format: string): object {
  return {
    animation: false,
    grid: { left: 64, right: 16, top: 16, bottom: 40 },
    tooltip: { trigger: 'item' },
    xAxis: { type: 'category', data: names, axisTick: { show: false }, axisLabel: { hideOverlap: true } },
    yAxis: { type: 'value', format },
    series: [
      {
        ...{ name, type: 'bar', format, barCategoryGap: '10%' },
        data: values.map(value => ({ value, itemStyle: { color: value < 0 ? LOSS : GAIN } })),
      },
    ],
  }
}

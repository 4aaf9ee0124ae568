/** The script of every interactive page: draws the charts its data describe, follows light and dark, sorts tables. */

/**
 * Runs in the browser. It reads the page's data block: `columns` (name → values) and `charts` (element id → chart option).
 * An option's `columns` names the columns it draws; a `format` ("percent", "number") on a series or a value axis becomes
 * its number format, because a function cannot stand in JSON.
 */
export const PAGE_SCRIPT = String.raw`(function () {
  'use strict'
  var data = JSON.parse(document.getElementById('page-data').textContent)
  var dark = window.matchMedia('(prefers-color-scheme: dark)')

  function grouped(text) {
    var parts = text.split('.')
    parts[0] = parts[0].replace(/(\d)(?=(\d{3})+$)/g, '$1,')
    return parts.join('.')
  }
  function number(value) {
    if (typeof value !== 'number') return '–'
    var size = Math.abs(value)
    if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(2)
    if (value === Math.round(value)) return grouped(String(value))
    var decimals = size < 1 ? 4 : Math.max(0, 5 - String(Math.trunc(size)).length)
    return grouped(value.toFixed(decimals))
  }
  function percent(value) {
    return typeof value === 'number' ? grouped((value * 100).toFixed(2)) + '%' : '–'
  }
  // Axis ticks are round: no more decimals than they need.
  function tick(value, scale, mark) {
    var shown = Number((value * scale).toPrecision(10))
    if (Math.abs(shown) >= 1e15) return shown.toExponential() + mark
    if (Math.abs(shown) >= 1e6) return String(Number((shown / 1e6).toPrecision(10))) + 'M' + mark
    return grouped(String(shown)) + mark
  }
  var formats = {
    number: { value: number, tick: function (v) { return tick(v, 1, '') } },
    percent: { value: percent, tick: function (v) { return tick(v, 100, '%') } }
  }

  function list(value) {
    return Array.isArray(value) ? value : value ? [value] : []
  }
  function prepared(option) {
    list(option.series).forEach(function (series) {
      var format = formats[series.format]
      if (format) series.tooltip = { valueFormatter: format.value }
    })
    list(option.xAxis).concat(list(option.yAxis)).forEach(function (axis) {
      var format = formats[axis.format]
      if (format) axis.axisLabel = Object.assign({}, axis.axisLabel, { formatter: format.tick })
    })
    if (option.columns) {
      var source = {}
      option.columns.forEach(function (name) { source[name] = data.columns[name] })
      option.dataset = { source: source }
    }
    return option
  }

  function theme(ink, muted, line, card) {
    var axis = {
      axisLine: { lineStyle: { color: line } },
      axisTick: { lineStyle: { color: line } },
      axisLabel: { color: muted },
      nameTextStyle: { color: muted },
      splitLine: { lineStyle: { color: line, opacity: 0.6 } }
    }
    return {
      backgroundColor: 'transparent',
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
      title: { textStyle: { color: ink }, subtextStyle: { color: muted } },
      legend: { textStyle: { color: muted }, inactiveColor: line },
      timeAxis: axis, valueAxis: axis, logAxis: axis, categoryAxis: axis,
      tooltip: { backgroundColor: card, borderColor: line, textStyle: { color: ink } },
      axisPointer: { lineStyle: { color: muted }, label: { backgroundColor: muted } },
      dataZoom: { borderColor: line, textStyle: { color: muted } }
    }
  }
  echarts.registerTheme('light', theme('#1a2027', '#5d6975', '#dfe3e8', '#ffffff'))
  echarts.registerTheme('dark', theme('#e8ebef', '#9aa5b1', '#2f3843', '#1a2027'))

  var drawn = []
  function draw() {
    drawn.forEach(function (chart) { chart.dispose() })
    drawn = Object.keys(data.charts).map(function (id) {
      var chart = echarts.init(document.getElementById(id), dark.matches ? 'dark' : 'light')
      chart.setOption(prepared(data.charts[id]))
      return chart
    })
  }
  draw()
  dark.addEventListener('change', draw)
  window.addEventListener('resize', function () {
    drawn.forEach(function (chart) { chart.resize() })
  })

  function key(row, column) {
    var cell = row.cells[column]
    var value = cell.getAttribute('data-value')
    return value === null ? cell.textContent : Number(value)
  }
  function compare(a, b) {
    // Rows without a value stand last in an ascending order, whatever the other values are.
    if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1
    return a < b ? -1 : a > b ? 1 : 0
  }
  document.querySelectorAll('table.sortable thead button').forEach(function (button) {
    button.addEventListener('click', function () {
      var heading = button.parentNode
      var column = heading.cellIndex
      var up = heading.getAttribute('aria-sort') !== 'ascending'
      var body = heading.closest('table').tBodies[0]
      heading.parentNode.querySelectorAll('th').forEach(function (other) { other.removeAttribute('aria-sort') })
      heading.setAttribute('aria-sort', up ? 'ascending' : 'descending')
      Array.from(body.rows)
        .sort(function (a, b) { return (up ? 1 : -1) * compare(key(a, column), key(b, column)) })
        .forEach(function (row) { body.appendChild(row) })
    })
  })
})()
`
